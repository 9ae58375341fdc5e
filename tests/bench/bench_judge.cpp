// A million journal events read, judged and rendered; the HTML of a hundred thousand samples.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <stdlib.h>

#include "harness/cli/vocabulary.h"
#include "harness/journal/journal.h"
#include "harness/judge/report.h"
#include "harness/model/registry.h"
#include "tests/bench/apart.h"
#include "tests/bench/bounds.h"

namespace reprise::bench {
namespace {

namespace fs = std::filesystem;

constexpr auto plan =
    "reprise: 1\n"
    "plan: bench\n"
    "system: {folder: system}\n"
    "probes: {page: {http: {url: 'http://127.0.0.1:1/'}, every: 10ms, timeout: 1s}}\n";
constexpr auto scenario =
    "reprise: 1\n"
    "scenario: bench\n"
    "levels: {page: {nominal: {status: 200}}}\n"
    "steady-state: [{probe: page, expect: nominal}]\n"
    "assertions: [{throughout: {probe: page, expect: {status: 200}, allowed-failures: 5}}]\n";

LoadedPlan load_plan(const fs::path& folder) {
  fs::create_directories(folder / "system");
  std::ofstream(folder / "plan.yaml") << plan;
  std::ofstream(folder / "bench.yaml") << scenario;
  auto plans = reprise::load({folder}, linked_vocabulary());
  if (!plans) throw std::runtime_error(plans.error().front().text());
  return plans->front();
}

constexpr std::size_t steady_samples = 500;  // five seconds' worth

// One sample in a thousand fails.
fs::path write_journal(std::size_t samples) {
  std::string name = (fs::temp_directory_path() / "reprise-bench-XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  const LoadedPlan loaded = load_plan(folder);
  const fs::path path = folder / "bench.jsonl";
  Duration now{};
  auto journal = Journal::create(path, [&] { return now; }, [&] { return UtcInstant(now); });
  if (!journal) return {};
  journal->write("drill", {{"format", journal_format},
                           {"tool", "bench"},
                           {"plan", loaded.plan.resolved},
                           {"scenario", loaded.scenarios.front().resolved},
                           {"files", nlohmann::json::object()},
                           {"seed", 1},
                           {"repeat", 0},
                           {"environment", nlohmann::json::object()},
                           {"operator", ""},
                           {"command", "bench"}});
  auto phase = [&](const char* which) { journal->write("phase", {{"phase", which}}); };
  phase("prepare");
  phase("steady");
  for (std::size_t i = 0; i < samples; ++i) {
    const bool bad = i % 1000 == 998;
    now = std::chrono::milliseconds(10) * static_cast<std::int64_t>(i);
    if (i == steady_samples) {
      journal->write("steady", {{"state", "held"}});
      phase("inject");
    }
    journal->write("sample", {{"probe", "page"},
                              {"i", now.count()},
                              {"s", now.count() + 60'000},
                              {"f", now.count() + 1'500'000},
                              {"o", "answered"},
                              {"v", {{"status", bad ? 500 : 200}, {"source", "primary"}}}});
  }
  phase("teardown");
  journal->write("end", {{"outcome", "completed"}});
  return path;
}

struct Rendered {
  double seconds = 0, mib = 0, html_mib = 0;
  bool all_failures_judged = false;
};

Rendered judge_and_render(const fs::path& journal, std::size_t samples) {
  const auto begun = std::chrono::steady_clock::now();
  Rendered rendered;
  if (auto record = read_record(journal)) {
    Run run;
    Verdict verdict = judge(*record);
    run.drills.push_back({"bench.jsonl", std::move(*record), std::move(verdict)});
    for (const ReportKind* kind : Registry<ReportKind>::all()) {
      const std::string text = kind->render(run, "en");
      if (kind->name == "html") rendered.html_mib = text.size() / 1e6;
    }
    const auto& figures = run.drills.front().verdict.figures;
    rendered.all_failures_judged =
        run.drills.front().verdict.status == Status::fail && figures.front().down == samples / 1000;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  rendered.seconds = took.count();
  rendered.mib = peak_mib();
  return rendered;
}

template <class Figure>
void measured(benchmark::State& state, std::size_t samples, double bound, const char* unit,
              Figure figure) {
  const fs::path journal = write_journal(samples);
  for (auto _ : state) {
    const Rendered rendered = apart([&] { return judge_and_render(journal, samples); });
    if (!rendered.all_failures_judged) state.SkipWithError("not every failure was judged");
    bounded(state, figure(rendered), bound, unit);
  }
  fs::remove_all(journal.parent_path());
}

void million_events_time(benchmark::State& state) {
  measured(state, 1'000'000, 5, "s", [](const Rendered& one) { return one.seconds; });
}
void million_events_memory(benchmark::State& state) {
  measured(state, 1'000'000, 500, "MiB", [](const Rendered& one) { return one.mib; });
}
void html_of_100000_samples(benchmark::State& state) {
  measured(state, 100'000, 2, "MB", [](const Rendered& one) { return one.html_mib; });
}

BENCHMARK(million_events_time)->Iterations(1);
BENCHMARK(million_events_memory)->Iterations(1);
BENCHMARK(html_of_100000_samples)->Iterations(1);

}  // namespace
}  // namespace reprise::bench

int main(int count, char** words) { return reprise::bench::run_bounded(count, words); }
