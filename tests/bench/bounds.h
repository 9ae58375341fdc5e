// Benchmarks that hold a bound: each sets the counters "figure" and "bound" (same unit, less is
// better) and a label for the unit; the reporter prints both with their ratio, and `run_bounded`
// returns 1 when a figure is beyond its bound.
#pragma once

#include <benchmark/benchmark.h>
#include <fmt/format.h>

namespace reprise::bench {

inline void bounded(benchmark::State& state, double figure, double bound, const char* unit) {
  state.counters["figure"] = figure;
  state.counters["bound"] = bound;
  state.SetLabel(unit);
}

class BoundsReporter final : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.error_occurred) {
        fmt::print("{:<44} could not run: {}\n", run.run_name.function_name, run.error_message);
        beyond_ = true;
        continue;
      }
      const double figure = run.counters.at("figure"), bound = run.counters.at("bound");
      fmt::print("{:<44} {:>10.2f} {:<4} bound {:>8.2f}  ratio {:.2f}{}\n",
                 run.run_name.function_name, figure, run.report_label, bound, figure / bound,
                 figure > bound ? "  BEYOND ITS BOUND" : "");
      beyond_ = beyond_ || figure > bound;
    }
  }

  [[nodiscard]] bool beyond() const { return beyond_; }

 private:
  bool beyond_ = false;
};

inline int run_bounded(int count, char** words) {
  benchmark::Initialize(&count, words);
  BoundsReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return reporter.beyond() ? 1 : 0;
}

}  // namespace reprise::bench
