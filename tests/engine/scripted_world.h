// A world without processes, for drills on the manual clock: a probe that sees what a script says,
// a fault that flips a switch of the script. The engine cannot tell them from real ones.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/engine/clock.h"
#include "harness/engine/undo/undo_log.h"
#include "harness/journal/record.h"
#include "harness/model/scenario/scenario.h"

namespace reprise::testing {

// What the registered kinds "scripted" (probe and faults) look at. One test at a time.
struct World {
  const Clock* clock = nullptr;
  bool broken = false;                            // an armed fault sets it, its revert clears it
  Duration heals_itself_after = Duration::max();  // counted from the break, when nobody reverts
  Instant broken_at{};
  bool bites = true;       // whether confirm has evidence
  Duration bites_after{};  // and how long after the break
  bool revert_fails = false;
  std::vector<std::string> verbs;  // prepare, inject, revert, in order

  [[nodiscard]] bool up() const;
  static World& now();
};

// A plan with one scripted probe, "page", sampled each `every`, and RTO as given.
[[nodiscard]] Plan scripted_plan(Duration every, Duration rto);
// Steady state and levels on "page"; `faults` into nothing.
[[nodiscard]] Scenario scripted_scenario(std::vector<FaultSpec> faults);
[[nodiscard]] FaultSpec scripted_fault(const std::string& kind = "scripted_condition");

// Runs a drill from prepare to teardown on a manual clock and reads its journal back.
class ManualDrill {
 public:
  ManualDrill();
  ~ManualDrill();
  ManualDrill(const ManualDrill&) = delete;
  ManualDrill& operator=(const ManualDrill&) = delete;

  std::vector<nlohmann::json> run(const Plan& plan, const Scenario& scenario,
                                  std::vector<Awaited> awaited = {});
  // Interrupts the drill at this instant of its time.
  void interrupt_at(Duration when) { interrupt_ = when; }
  [[nodiscard]] const Residue& left() const { return left_; }

 private:
  std::filesystem::path folder_;
  std::optional<Duration> interrupt_;
  Residue left_;
  int runs_ = 0;
};

// Events of one name, and the value of `field` in each.
[[nodiscard]] std::vector<nlohmann::json> named(const std::vector<nlohmann::json>& events,
                                                const std::string& name);
[[nodiscard]] std::vector<std::string> steps(const std::vector<nlohmann::json>& events);

}  // namespace reprise::testing
