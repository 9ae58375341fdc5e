// What hiding fifty secrets costs a sample of the journal.
#include <chrono>

#include "harness/model/secrets/redaction.h"
#include "tests/bench/bounds.h"

namespace reprise::bench {
namespace {

void redaction_of_a_sample(benchmark::State& state) {
  Secrets secrets;
  for (int i = 0; i < 50; ++i) {
    secrets.push_back(
        {fmt::format("plan.yaml/vars/{}", i), fmt::format("secret-{:06x}", i * 7919)});
  }
  const Redaction redaction(secrets);
  const nlohmann::json sample = {{"status", 200},
                                 {"size", 1234},
                                 {"headers", {{"content-type", "application/json"}}},
                                 {"json", {{"/mode", "nominal"}, {"/source", "open-meteo"}}}};
  constexpr int samples = 100'000;
  for (auto _ : state) {
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < samples; ++i) {
      nlohmann::json event = sample;
      redaction.hide_in(event, true);
      benchmark::DoNotOptimize(event);
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begun;
    bounded(state, took.count() / samples, 5, "us");
  }
}

BENCHMARK(redaction_of_a_sample)->Iterations(1);

}  // namespace
}  // namespace reprise::bench

int main(int count, char** words) { return reprise::bench::run_bounded(count, words); }
