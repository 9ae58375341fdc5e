// What a drill costs beyond its own waiting: the real binary, one probe, no fault.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bounds.h"
#include "tests/bench/program.h"

namespace reprise::bench {
namespace {

namespace fs = std::filesystem;

// What the scenario itself asks for: its steady state, then one look for the recovery.
constexpr int waiting_ms = 200 + 10;
constexpr int drills = 20;

constexpr auto plan =
    "reprise: 1\n"
    "plan: idle\n"
    "system: {folder: system, files: {page: page.txt}}\n"
    "probes: {page: {file: {file: page}, every: 10ms, timeout: 1s}}\n";
constexpr auto scenario =
    "reprise: 1\n"
    "scenario: idle-${number}\n"
    "steady-state: [{probe: page, expect: {exists: true}}]\n"
    "steady: {for: 200ms, within: 5s}\n"
    "assertions: [{file: {probe: page, expect: {exists: true}}}]\n";

// The same drill several times over: a --repeat would wait for other phases of the system's cycle.
fs::path make_plan(int count) {
  std::string name = (fs::temp_directory_path() / "reprise-bench-XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  fs::create_directories(folder / "idle/system");
  std::ofstream(folder / "idle/plan.yaml") << plan;
  std::string numbers = "1";
  for (int i = 2; i <= count; ++i) numbers += fmt::format(", {}", i);
  std::ofstream(folder / "idle/idle.yaml")
      << scenario << fmt::format("for-each: {{number: [{}]}}\n", numbers);
  std::ofstream(folder / "idle/system/page.txt") << "page\n";
  ::setenv("REPRISE_STATE_DIR", (folder / "state").c_str(), 1);
  return folder;
}

pid_t start(const fs::path& folder) {
  return start_program({"run", folder / "idle", "--out", folder / "out"});
}

// The whole run of `count` drills, the program's start and its reports included.
double run_ms(int count) {
  const fs::path folder = make_plan(count);
  const auto begun = std::chrono::steady_clock::now();
  int status = 0;
  ::waitpid(start(folder), &status, 0);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begun;
  fs::remove_all(folder);
  return status == 0 ? took.count() : -1;
}

std::string slurp(const fs::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

pid_t child_of(pid_t parent) {
  std::istringstream children(slurp(fmt::format("/proc/{0}/task/{0}/children", parent)));
  pid_t child = 0;
  children >> child;
  return child;
}

// Proportional set size: memory shared with the program they were forked from counts by share.
double pss_mib(pid_t pid) {
  std::istringstream lines(slurp(fmt::format("/proc/{}/smaps_rollup", pid)));
  for (std::string word; lines >> word;) {
    double kib = 0;
    if (word == "Pss:" && lines >> kib) return kib / 1024;
  }
  return 0;
}

void drill_time_beyond_its_waiting(benchmark::State& state) {
  for (auto _ : state) {
    const double one = run_ms(1), many = run_ms(1 + drills);
    if (one < 0 || many < 0) {
      state.SkipWithError("the drill did not pass");
      break;
    }
    bounded(state, (many - one) / drills - waiting_ms, 25, "ms");
  }
}

void drill_memory_guardian_and_worker(benchmark::State& state) {
  const fs::path folder = make_plan(5);
  for (auto _ : state) {
    const pid_t pid = start(folder);
    double most = 0;
    while (::waitpid(pid, nullptr, WNOHANG) == 0) {
      const pid_t guardian = child_of(pid), first = guardian ? child_of(guardian) : 0;
      const pid_t worker = first ? child_of(first) : 0;
      if (worker) most = std::max(most, pss_mib(guardian) + pss_mib(first) + pss_mib(worker));
      ::usleep(2000);
    }
    if (most == 0) state.SkipWithError("no drill was seen");
    bounded(state, most, 20, "MiB");
  }
  fs::remove_all(folder);
}

BENCHMARK(drill_time_beyond_its_waiting)->Iterations(1);
BENCHMARK(drill_memory_guardian_and_worker)->Iterations(1);

}  // namespace
}  // namespace reprise::bench

int main(int count, char** words) { return reprise::bench::run_bounded(count, words); }
