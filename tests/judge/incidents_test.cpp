// The instants of a drill and the windows between them.
#include "harness/judge/incidents.h"

#include <gtest/gtest.h>

namespace reprise {
namespace {

Record with_phases(std::vector<PhaseRecord> phases) {
  Record record;
  record.phases = std::move(phases);
  record.length = 30s;
  return record;
}

TEST(DrillWindow, LastsFromTheFirstPhaseAfterSteadyToTheEndOfTheLastThatCame) {
  const auto whole = drill_window(with_phases(
      {{"steady", 0s, 5s}, {"inject", 5s, 6s}, {"heal", 9s, 10s}, {"recover", 10s, 20s}}));
  EXPECT_EQ(whole->from, 5s);
  EXPECT_EQ(whole->to, 20s);
  EXPECT_EQ(drill_window(with_phases({{"hold", 6s, 7s}, {"heal", 7s, 8s}}))->from, 6s);
  EXPECT_EQ(drill_window(with_phases({{"hold", 6s, 7s}, {"heal", 7s, 8s}}))->to, 8s);
  EXPECT_EQ(drill_window(with_phases({{"inject", 5s, std::nullopt}}))->to, 30s);
  EXPECT_FALSE(drill_window(with_phases({{"steady", 0s, 5s}})));
}

FaultRecord fault(std::optional<Duration> commanded, std::optional<Duration> bit = {},
                  std::optional<Duration> healed = {}) {
  FaultRecord out;
  out.commanded = commanded;
  out.bit = bit;
  out.healed = healed;
  return out;
}

TEST(FaultWindow, LastsFromTheFirstCommandToTheLastHealing) {
  Record record = with_phases({{"heal", 15s, 16s}});
  EXPECT_FALSE(fault_window(record));
  record.faults = {fault(8s, {}, 12s), fault(7s, {}, 18s), fault(9s, {}, 10s)};
  EXPECT_EQ(fault_window(record)->from, 7s);
  EXPECT_EQ(fault_window(record)->to, 18s);
  // An event is never healed: it lasts until the heal phase, or to the end without one.
  record.faults = {fault(8s, {}, 12s), fault(7s), fault({}, {}, 20s)};
  EXPECT_EQ(fault_window(record)->to, 15s);
  record.phases.clear();
  EXPECT_EQ(fault_window(record)->to, 30s);
}

AssertionSpec during(const char* what) {
  AssertionSpec spec;
  spec.options = {{"during", what}};
  return spec;
}

TEST(FaultWindow, IsJudgedOnlyWhenAsked) {
  Record record = with_phases({{"inject", 5s, 6s}});
  record.faults = {fault(8s, {}, 12s)};
  EXPECT_EQ(window_option(during("fault"), record)->from, 8s);
  EXPECT_EQ(window_option(during("all"), record)->from, 5s);
}

TEST(Incidents, BeginWithTheEarliestInstantAndEndWithTheLatest) {
  Record record;
  EXPECT_FALSE(first_commanded(record));
  EXPECT_EQ(last_incident(record), 0s);
  record.faults = {fault({}, {}), fault(8s, 9s), fault(7s, 11s), fault(10s, 8500ms), fault(9s, {})};
  EXPECT_EQ(first_commanded(record), 7s);
  EXPECT_EQ(last_incident(record), 10s);
  record.faults[2].armed = 12s;
  EXPECT_EQ(last_incident(record), 12s);
  record.faults[1].healed = 14s;
  EXPECT_EQ(last_incident(record), 14s);
  ProcedureRecord procedure;
  procedure.started = 13s;
  record.procedures = {procedure};
  EXPECT_EQ(last_incident(record), 14s);
  procedure.finished = 16s;
  record.procedures = {procedure};
  EXPECT_EQ(last_incident(record), 16s);
  record.procedures[0].started.reset();  // not executed
  EXPECT_EQ(last_incident(record), 14s);
}

TEST(Incidents, AreThoseThatTheAssertionNames) {
  Record record;
  record.faults = {fault(7s), fault(8s), fault(9s), fault({})};
  record.faults[0].id = record.faults[2].id = "kill";
  record.faults[1].id = record.faults[3].id = "cut";
  const auto named = [&](const nlohmann::json& options) {
    AssertionSpec spec;
    spec.options = options;
    std::vector<Duration> out;
    for (const FaultRecord* one : incidents_of(spec, record)) out.push_back(*one->commanded);
    return out;
  };
  using Instants = std::vector<Duration>;
  EXPECT_EQ(named({{"incident", "kill"}}), (Instants{7s, 9s}));
  EXPECT_EQ(named({{"incident", "cut"}}), (Instants{8s}));
  EXPECT_EQ(named({{"incident", "each"}}), (Instants{7s, 8s, 9s}));
  EXPECT_EQ(named(nlohmann::json::object()), (Instants{7s, 8s, 9s}));
  EXPECT_TRUE(named({{"incident", "other"}}).empty());
}

}  // namespace
}  // namespace reprise
