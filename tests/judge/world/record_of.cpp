#include "tests/judge/world/record_of.h"

#include <algorithm>

namespace reprise::testing::world {
namespace {

using nlohmann::json;

Expectation parsed(const json& value) { return *Expectation::parse(value); }

// Made once: parsing is what would cost the time of a thousand worlds.
Levels levels_of(const WatchedProbe& probe) {
  static const Levels by_mode{parsed({{"status", 200}, {"json", {{"/mode", "nominal"}}}}),
                              parsed({{"status", 200}, {"json", {{"/mode", "degraded"}}}})};
  if (probe.patient == 0s) return by_mode;
  return {parsed({{"status", 200}, {"latency", {{"<", format_duration(probe.patient)}}}}),
          parsed({{"status", 200}})};
}

Expected expected_of(Want want) {
  static const auto nominal = *Expected::parse("nominal");
  static const auto degraded = *Expected::parse("degraded");
  static const auto status200 = *Expected::parse({{"status", 200}});
  return want == Want::nominal ? nominal : want == Want::degraded ? degraded : status200;
}

Observation answer(const char* mode, int violations) {
  return {"answered", {{"status", 200}, {"json", {{"/mode", mode}, {"/violations", violations}}}}};
}

const std::vector<Observation>& sights() {
  static const std::vector<Observation> all{
      answer("nominal", 0),
      answer("degraded", 0),
      answer("wrong", 3),
      {"answered", {{"status", 503}}},
      {"refused", json::object()},
      {"reset", json::object()},
      {"timeout", json::object()},
      {"answered",
       {{"status", 200}, {"json", json::object()}, {"cut", {"json /mode", "json /violations"}}}}};
  return all;
}

void add_probe(Record& record, const WatchedProbe& probe) {
  ProbeSpec spec;
  spec.name = probe.name;
  spec.kind = "http";
  spec.options = {{"url", "http://${services.server.address}/"}};
  spec.every = probe.every;
  spec.timeout = probe.timeout;
  spec.in_flight = probe.in_flight;
  spec.pointers = {"/mode", "/violations"};
  record.plan.probes[probe.name] = spec;
  record.scenario.levels[probe.name] = levels_of(probe);
  ProbeRecord& out = record.probes[probe.name];
  out.name = probe.name;
  out.observations = sights();
  for (const auto& shot : probe.shots) {
    if (shot.skipped) {
      out.skipped.push_back(shot.i);
      continue;
    }
    const std::size_t sight = shot.cut ? sights().size() - 1 : static_cast<std::size_t>(shot.saw);
    out.samples.push_back({shot.i, shot.s, shot.f, static_cast<std::uint32_t>(sight)});
    record.length = std::max(record.length, shot.f);
  }
}

template <class Fault>
void set_healing(Fault& fault, std::optional<Duration> at) {
  if constexpr (requires { fault.healing; }) fault.healing = at;
}

void add_faults(Record& record, const World& world) {
  for (const auto& strike : world.strikes) {
    FaultRecord fault;
    fault.id = strike.id;
    fault.kind = "cut";
    fault.into = "server";
    fault.round = strike.round;
    fault.nature = strike.condition ? Nature::condition : Nature::event;
    fault.commanded = strike.commanded;
    fault.armed = strike.armed;
    fault.bit = strike.bit;
    fault.evidence = "1 request";
    set_healing(fault, strike.healing);
    fault.healed = strike.healed;
    if (strike.condition && !strike.healed) fault.undo_failed = "it is still there";
    record.faults.push_back(fault);
    record.length = std::max(record.length, strike.healed.value_or(strike.armed));
  }
  for (const auto& id : world.fault_ids()) {
    FaultSpec spec;
    spec.id = id;
    spec.kind = "cut";
    spec.into = "server";
    spec.times = static_cast<int>(std::ranges::count(world.strikes, id, &Strike::id));
    record.scenario.faults.push_back(spec);
  }
}

template <class Run>
void set_run(Run& run, int index) {
  if constexpr (requires { run.run; }) run.run = index;
}

void add_runs(Record& record, const World& world) {
  for (const auto& run : world.runs) {
    ProcedureRun spec;
    spec.procedure = run.procedure;
    spec.start.after = run.after;
    ProcedureRecord out;
    out.name = run.procedure;
    out.state = run.failed ? "failed" : "finished";
    if (run.failed) out.why = "a step failed";
    set_run(out, static_cast<int>(record.scenario.procedures.size()));
    record.scenario.procedures.push_back(spec);
    out.started = run.started;
    out.finished = run.finished;
    auto& planned = record.plan.procedures[run.procedure];
    planned.name = run.procedure;
    for (const std::size_t index : run.steps) {
      const TrueStep& step = world.steps[index];
      StepRecord one;
      one.index = static_cast<int>(out.steps.size());
      one.kind = step.kind;
      one.state = step.failed ? "failed" : "finished";
      one.result = "because";
      one.started = step.started;
      one.finished = step.finished;
      out.steps.push_back(one);
      if (planned.steps.size() < out.steps.size()) planned.steps.emplace_back().kind = step.kind;
    }
    record.procedures.push_back(out);
    record.length = std::max(record.length, run.finished);
  }
}

void add_phases(Record& record, const World& world) {
  const std::vector<std::pair<const char*, Duration>> begins{
      {"prepare", 0s},        {"steady", 0s},         {"inject", world.inject},
      {"hold", world.inject}, {"heal", world.heal},   {"recover", world.recover},
      {"verify", world.end},  {"teardown", world.end}};
  for (std::size_t n = 0; n < begins.size(); ++n) {
    PhaseRecord phase{begins[n].first, begins[n].second, world.end};
    if (n + 1 < begins.size()) phase.to = begins[n + 1].second;
    record.phases.push_back(phase);
  }
  record.length = std::max(record.length, world.end);
  if (world.patience_over) {
    record.patience_over = true;
    record.moments.push_back({*world.patience_over, "patience", {}, "waited long enough"});
  }
  record.outcome = world.outcome;
  record.torn = world.outcome.empty();
  if (world.outcome == "aborted") record.abort_why = "page: a guard";
  if (world.outcome == "interrupted") record.interrupted_by = "SIGINT";
}

template <class S>
void set_leaves(S& scenario, const World& world) {
  if constexpr (requires { scenario.leaves; }) {
    for (const auto& [probe, level] : world.leaves) scenario.leaves[probe].level = level;
  }
}

template <class Line>
void hide(const TrueLine& line, Line& out) {
  using Kept = TrueLine::Kept;
  if constexpr (requires { out.found; }) {
    out.cut = line.kept == Kept::cut || line.kept == Kept::cut_unsearched;
    out.unsearched = line.kept == Kept::cut_unsearched || line.kept == Kept::left_out_unsearched;
    const bool searched = line.kept == Kept::cut || line.kept == Kept::left_out;
    if (searched && line.matches) out.found["switched"] = 1;
  }
}

void add_log(Record& record, const World& world) {
  record.log_services = {"server"};
  for (const auto& line : world.lines) {
    LogLine out;
    out.at = line.told_at;
    out.line = line.matches ? "all is well: switched over" : "all is well: quiet";
    using Kept = TrueLine::Kept;
    if (line.kept == Kept::left_out || line.kept == Kept::left_out_unsearched) {
      out.line = "[reprise: 1 line left out]";
      out.gap = true;
    } else if (line.kept != Kept::whole) {
      out.line = "all is well: ";
    }
    hide(line, out);
    record.log.push_back(out);
  }
}

// A judge of format 1 did not know `each`.
template <class Kept>
std::vector<AssertionSpec> demands_for(const Kept& record, const World& world) {
  auto demands = world.demands;
  if constexpr (!requires { record.format; }) {
    for (auto& spec : demands) {
      if (spec.options.value("incident", "") == "each") spec.options.erase("incident");
    }
  }
  return demands;
}

void add_ledger(Record& record, const TrueLedger& ledger) {
  auto& spec = record.plan.ledgers["orders"];
  spec.name = "orders";
  spec.copies = ledger.copies_allowed;
  auto& out = record.ledgers["orders"];
  for (const auto& write : ledger.writes) {
    LedgerEntry entry;
    entry.sent = write.sent;
    entry.answered = write.answered;
    entry.mark = 1;
    entry.copies = static_cast<std::uint16_t>(write.copies);
    entry.corrupted = write.corrupted;
    entry.outcome = write.outcome == 'a'   ? WriteOutcome::acknowledged
                    : write.outcome == 'f' ? WriteOutcome::refused
                                           : WriteOutcome::unknown;
    out.entries.push_back(entry);
  }
  out.strays = ledger.strays;
  out.readings = 2;
  out.settled = true;
}

}  // namespace

Record record_of(const World& world) {
  Record record;
  record.source = "world.jsonl";
  record.tool = "0.1.0";
  record.seed = world.seed;
  using namespace std::chrono;
  record.started = sys_days(year(2026) / March / 1);
  record.plan.name = "shop";
  record.plan.services["server"].name = "server";
  record.plan.services["server"].command = {"serve"};
  record.plan.services["server"].health_period = world.health_period;
  record.scenario.name = "world";
  record.scenario.steady_for = world.steady_for;
  record.scenario.steady_within = world.inject;
  record.scenario.sustained = world.sustained;
  record.scenario.patience = world.patience;
  record.steady = "held";
  record.head = "0";
  for (const auto& probe : world.probes) add_probe(record, probe);
  Watch watch;
  watch.probe = world.probes[world.steady_probe].name;
  watch.expect = expected_of(world.steady_wants);
  record.scenario.steady_state.push_back(watch);
  set_leaves(record.scenario, world);
  add_faults(record, world);
  add_runs(record, world);
  add_phases(record, world);
  add_log(record, world);
  if (world.ledger) add_ledger(record, *world.ledger);
  record.scenario.assertions = demands_for(record, world);
  return record;
}

World unhidden(World world) {
  for (auto& probe : world.probes) {
    for (auto& shot : probe.shots) shot.skipped = shot.cut = false;
  }
  for (auto& line : world.lines) {
    line.kept = TrueLine::Kept::whole;
    line.told_at = line.at;
  }
  return world;
}

}  // namespace reprise::testing::world
