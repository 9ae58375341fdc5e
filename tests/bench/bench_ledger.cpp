// One lost write among a million, read twice and judged: the time and the memory to find it.
#include <chrono>
#include <filesystem>
#include <stdexcept>

#include <stdlib.h>

#include "harness/journal/ledger_file.h"
#include "harness/judge/data_loss.h"
#include "tests/bench/apart.h"
#include "tests/bench/bounds.h"

namespace reprise::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t entries = 1'000'000;
constexpr std::uint64_t lost = 777'777;
constexpr Duration every = std::chrono::microseconds(100);

struct Written {
  fs::path path;
  std::string sha256;
};

Written write_ledger() {
  std::string name = (fs::temp_directory_path() / "reprise-bench-XXXXXX").string();
  const fs::path path = fs::path(::mkdtemp(name.data())) / "bench.ledger";
  auto file = LedgerFile::create(path);
  if (!file) throw std::runtime_error(file.error().text());
  for (std::uint64_t i = 0; i < entries; ++i) {
    const Duration sent = every * static_cast<std::int64_t>(i);
    file->intend(sent, i * 0x9e3779b97f4a7c15U);
    file->answered(i, WriteOutcome::acknowledged, sent + every / 2);
  }
  for (int reading = 1; reading <= 2; ++reading) {
    const Duration begun = every * static_cast<std::int64_t>(entries) * (1 + reading);
    file->begin_reading(begun);
    for (std::uint64_t i = 0; i < entries; ++i) {
      if (i != lost) file->found(i, i * 0x9e3779b97f4a7c15U);
    }
    file->end_reading(begun + every);
  }
  return {path, file->finish()};
}

struct Judged {
  double seconds = 0, mib = 0;
  bool found = false;
};

Judged judge_ledger(const Written& written) {
  Judged judged;
  const auto begun = std::chrono::steady_clock::now();
  if (const auto ledger = read_ledger(written.path, written.sha256)) {
    const Duration end = every * static_cast<std::int64_t>(entries);
    const DataLoss loss = data_loss(*ledger, {{{end, end}}}, 1, false);
    judged.found = ledger->settled && loss.lost == 1 && loss.holes == 1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  judged.seconds = took.count();
  judged.mib = peak_mib();
  return judged;
}

template <class Figure>
void measured(benchmark::State& state, double bound, const char* unit, Figure figure) {
  const Written written = write_ledger();
  for (auto _ : state) {
    const Judged judged = apart([&] { return judge_ledger(written); });
    if (!judged.found) state.SkipWithError("the lost write was not found");
    bounded(state, figure(judged), bound, unit);
  }
  fs::remove_all(written.path.parent_path());
}

void one_lost_of_a_million_time(benchmark::State& state) {
  measured(state, 5, "s", [](const Judged& one) { return one.seconds; });
}
void one_lost_of_a_million_memory(benchmark::State& state) {
  measured(state, 300, "MiB", [](const Judged& one) { return one.mib; });
}

BENCHMARK(one_lost_of_a_million_time)->Iterations(1);
BENCHMARK(one_lost_of_a_million_memory)->Iterations(1);

}  // namespace
}  // namespace reprise::bench

int main(int count, char** words) { return reprise::bench::run_bounded(count, words); }
