// How long all drills of the plans in this repository take, two at a time: what a pipeline waits.
#include <chrono>
#include <filesystem>

#include <stdlib.h>
#include <sys/wait.h>

#include "tests/bench/bounds.h"
#include "tests/bench/program.h"

namespace reprise::bench {
namespace {

namespace fs = std::filesystem;

// A drill that could not tell is drilled again, and that counts; one that fails ends the benchmark.
void drill_plans(benchmark::State& state, const std::vector<std::string>& plans, double bound_s) {
  std::string name = (fs::temp_directory_path() / "reprise-bench-XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  std::vector<std::string> words{"run"};
  for (const std::string& plan : plans) {
    words.push_back(fs::path(REPRISE_SOURCE_DIR) / "scenarios" / plan);
  }
  for (const char* word : {"--jobs", "2", "--again", "3", "--plain", "--out"})
    words.push_back(word);
  words.push_back(folder);
  for (auto _ : state) {
    const auto begun = std::chrono::steady_clock::now();
    int status = 0;
    ::waitpid(start_program(words), &status, 0);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    if (status != 0) state.SkipWithError("a drill did not pass");
    bounded(state, took.count(), bound_s, "s");
  }
  fs::remove_all(folder);
}

void drills_of_sp_e(benchmark::State& state) { drill_plans(state, {"sp-e"}, 240); }
void drills_of_mientior_and_dpa(benchmark::State& state) {
  drill_plans(state, {"mientior", "dpa"}, 480);
}

BENCHMARK(drills_of_sp_e)->Iterations(1);
BENCHMARK(drills_of_mientior_and_dpa)->Iterations(1);

}  // namespace
}  // namespace reprise::bench

int main(int count, char** words) { return reprise::bench::run_bounded(count, words); }
