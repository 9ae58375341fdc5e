// How long a fault outlives the SIGKILL of the program that holds it: by the kernel's own doing,
// and by the guardian's.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "harness/engine/undo/sandbox.h"
#include "tests/bench/bounds.h"
#include "tests/storm/battlefield.h"
#include "tests/support/said_by.h"

namespace reprise::bench {
namespace {

using namespace std::chrono_literals;
using testing::Battlefield;
using Clock = std::chrono::steady_clock;

constexpr int kills = 40;
constexpr double deadline_ms = 1000;  // as given to the drills below

bool wait_until(const std::function<bool()>& condition) {
  for (const auto end = Clock::now() + 10s; !condition();) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

bool no_rules_of_ours() {
  return said_by({"nft", "list", "tables"}).find("reprise-") == std::string::npos;
}

struct Blow {
  std::string scenario;
  int signal = SIGKILL;
  std::function<bool(const Battlefield&)> healed;
};

// On the host, so that it is the rule itself that goes and not its whole namespace. -1: never.
double heal_ms(Battlefield& field, const Blow& blow) {
  auto healed = [&] { return blow.healed(field); };
  const pid_t program =
      field.start({"field", blow.scenario}, {"--sandbox", "off", "--deadline", "1s"});
  // The log's header, worker and services, then the fault itself.
  const bool injected = wait_until([&] { return field.undo_lines() >= 4; });
  std::this_thread::sleep_for(20ms);
  const auto guardian = testing::child_of(program);
  const auto worker = guardian ? testing::child_of(*guardian) : std::nullopt;
  if (!injected || !worker || healed()) return -1;
  const auto killed = Clock::now();
  ::kill(*worker, blow.signal);
  const bool gone = wait_until(healed);
  const std::chrono::duration<double, std::milli> took = Clock::now() - killed;
  (void)field.wait(program);
  return gone ? took.count() : -1;
}

// The 99th percentile of the kills, in a sandbox of the benchmark's own; -1 when one did not heal.
double worst_of(const Blow& blow) {
  int pipe[2];
  if (::pipe(pipe) != 0) return -1;
  auto inside = [&] {
    Battlefield field;
    std::vector<double> times;
    for (int i = 0; i < kills; ++i) times.push_back(heal_ms(field, blow));
    std::ranges::sort(times);
    double worst = times.front() < 0 ? -1 : times[times.size() * 99 / 100];
    (void)!::write(pipe[1], &worst, sizeof worst);
    return 0;
  };
  const auto first = fork_sandboxed(inside);
  ::close(pipe[1]);
  double worst = -1;
  if (first && ::read(pipe[0], &worst, sizeof worst) != sizeof worst) worst = -1;
  ::close(pipe[0]);
  if (first) ::waitpid(*first, nullptr, 0);
  return worst;
}

void measured(benchmark::State& state, double worst, double bound) {
  if (worst < 0) state.SkipWithError("a fault was not injected or did not go away");
  bounded(state, worst, bound, "ms");
}

void heal_by_the_kernel_p99(benchmark::State& state) {
  for (auto _ : state) {
    auto healed = [](const Battlefield&) { return no_rules_of_ours(); };
    measured(state, worst_of({"network-cut-kernel", SIGKILL, healed}), 100);
  }
}

// The guardian's log goes once everything it names is undone.
bool nothing_to_undo(const Battlefield& field) { return field.undo_lines() == 0; }

void heal_by_the_guardian_p99(benchmark::State& state) {
  for (auto _ : state) {
    measured(state, worst_of({"file-deny", SIGKILL, nothing_to_undo}), 1000);
  }
}

void heal_of_a_stopped_drill_p99(benchmark::State& state) {
  for (auto _ : state) {
    measured(state, worst_of({"file-deny", SIGSTOP, nothing_to_undo}), deadline_ms + 250);
  }
}

BENCHMARK(heal_by_the_kernel_p99)->Iterations(1);
BENCHMARK(heal_by_the_guardian_p99)->Iterations(1);
BENCHMARK(heal_of_a_stopped_drill_p99)->Iterations(1);

}  // namespace
}  // namespace reprise::bench

int main(int count, char** words) { return reprise::bench::run_bounded(count, words); }
