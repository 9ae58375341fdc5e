// The drill in a few numbers as the Record of a sound drill: whatever could make it void for
// reasons that no oracle here speaks of is in order.
#include <map>
#include <stdexcept>

#include "tests/judge/definition/drill.h"

namespace reprise::testing::definition {
namespace {

using nlohmann::json;

Duration ns(Ms at) { return std::chrono::milliseconds(at); }

std::optional<Duration> ns(std::optional<Ms> at) {
  if (!at) return std::nullopt;
  return ns(*at);
}

const Observation& observation_of(Saw saw) {
  static const std::map<Saw, Observation> all{
      {Saw::nominal, {"answered", {{"status", 200}, {"text", "all is sound"}}}},
      {Saw::degraded, {"answered", {{"status", 200}, {"text", "fallback served"}}}},
      {Saw::broken, {"answered", {{"status", 503}, {"text", "sorry"}}}},
      {Saw::refused, {"refused", json::object()}},
      {Saw::timeout, {"timeout", json::object()}},
      {Saw::reset, {"reset", json::object()}},
      {Saw::cut, {"answered", {{"status", 200}, {"text", "be"}, {"cut", {"text"}}}}},
      {Saw::kept, {"answered", {{"status", 200}, {"json", {{"/violations", 0}}}}}},
      {Saw::violated, {"answered", {{"status", 200}, {"json", {{"/violations", 3}}}}}},
      {Saw::hidden, {"answered", {{"status", 200}, {"cut", {"json /violations"}}}}}};
  return all.at(saw);
}

ProbeRecord probe_record(const SmallProbe& probe) {
  ProbeRecord out;
  out.name = probe.name;
  std::map<Saw, std::uint32_t> known;
  for (const SmallSample& one : probe.samples) {
    if (one.saw == Saw::skipped) {
      out.skipped.push_back(ns(one.i));
      continue;
    }
    const auto [at, added] =
        known.try_emplace(one.saw, static_cast<std::uint32_t>(out.observations.size()));
    if (added) out.observations.push_back(observation_of(one.saw));
    out.samples.push_back({ns(one.i), ns(one.s), ns(one.f), at->second});
  }
  return out;
}

const Plan& base_plan() {
  static const Plan plan = [] {
    auto read = decode_plan(
        {{"plan", "shop"},
         {"system",
          {{"services", {{"server", {{"command", {"serve"}}}}}},
           {"procedures",
            {{"restart",
              {{"steps", {{{"kind", "start"}, {"options", {{"value", "server"}}}}}}}}}}}},
         {"probes",
          {{"page",
            {{"kind", "http"},
             {"options", {{"url", "http://${services.server.address}/page"}}},
             {"every", "10ms"},
             {"timeout", "60ms"}}}}}});
    if (!read) throw std::runtime_error(read.error().text());
    return *read;
  }();
  return plan;
}

Expectation parsed(const json& predicate) {
  auto read = Expectation::parse(predicate);
  if (!read) throw std::runtime_error(read.error().text());
  return *read;
}

const Levels& levels() {
  static const Levels all{parsed({{"status", 200}, {"text", {{"contains", "sound"}}}}),
                          parsed({{"status", 200}, {"text", {{"contains", "fallback"}}}})};
  return all;
}

void add_probe(const SmallProbe& probe, Record& record) {
  ProbeSpec& spec = record.plan.probes[probe.name];
  spec = base_plan().probes.at("page");
  spec.name = probe.name;
  spec.every = ns(probe.every);
  spec.timeout = ns(probe.timeout);
  record.probes[probe.name] = probe_record(probe);
}

json options_of(const Ask& ask, const SmallDrill& drill) {
  const auto text = [](Ms length) { return std::to_string(length) + "ms"; };
  json out;
  if (ask.kind == "rpo" || ask.kind == "no-loss") {
    out["ledger"] = "orders";
  } else {
    out["probe"] = probe_of(ask, drill).name;
    out["expect"] = written(ask.want);
  }
  if (ask.kind == "rpo") out["at-most"] = text(ask.limit);
  if (ask.kind == "recovery" || ask.kind == "fallback") out["within"] = text(ask.limit);
  if (ask.sustained) out["sustained"] = text(*ask.sustained);
  if (ask.longest) out["longest-outage"] = text(*ask.longest);
  if (ask.allowed) out["allowed-failures"] = *ask.allowed;
  if (!ask.from.empty()) out["from"] = ask.from;
  if (!ask.incident.empty()) out["incident"] = ask.incident;
  if (!ask.during.empty()) out["during"] = ask.during;
  if (ask.detect != 0) out["detect"] = text(ask.detect);
  if (ask.after_allowed) out["acknowledged-after-failure"] = "allowed";
  return out;
}

void add_phases(const SmallDrill& drill, Record& record) {
  const Ms last = drill.end();
  const std::vector<std::pair<const char*, Ms>> begins{
      {"prepare", 0},           {"steady", 0},        {"inject", drill.inject},
      {"hold", drill.inject},   {"heal", drill.heal}, {"recover", drill.recover},
      {"verify", drill.verify}, {"teardown", last}};
  for (std::size_t at = 0; at < begins.size(); ++at) {
    const Ms to = at + 1 < begins.size() ? begins[at + 1].second : last;
    record.phases.push_back({begins[at].first, ns(begins[at].second), ns(to)});
  }
  record.length = ns(last);
}

void add_faults(const SmallDrill& drill, Record& record) {
  for (const SmallRound& round : drill.rounds) {
    FaultRecord out;
    out.id = round.id;
    out.kind = "cut";
    out.into = "server";
    out.round = round.round;
    out.nature = round.event ? Nature::event : Nature::condition;
    out.commanded = ns(round.cmd);
    out.armed = ns(round.armed);
    out.bit = ns(round.bit);
    out.evidence = "1 request refused";
    out.healing = ns(round.healing);
    out.healed = ns(round.healed);
    record.faults.push_back(out);
    auto& specs = record.scenario.faults;
    const auto same = std::ranges::find(specs, round.id, &FaultSpec::id);
    if (same != specs.end()) {
      ++same->times;
      continue;
    }
    FaultSpec spec;
    spec.id = round.id;
    spec.kind = "cut";
    spec.into = "server";
    specs.push_back(spec);
  }
}

void add_procedure(const SmallProcedure& run, Record& record) {
  ProcedureRun planned;
  planned.procedure = "restart";
  planned.start.after = run.after;
  record.scenario.procedures.push_back(planned);
  ProcedureRecord out;
  out.name = "restart";
  out.state = "finished";
  out.run = 0;
  out.started = ns(run.started);
  out.finished = ns(run.finished);
  for (const SmallStep& step : run.steps) {
    StepRecord one;
    one.index = static_cast<int>(out.steps.size());
    one.kind = step.wait ? "wait" : "start";
    one.state = "finished";
    one.started = ns(step.started);
    one.finished = ns(step.finished);
    out.steps.push_back(one);
  }
  auto& planned_steps = record.plan.procedures["restart"].steps;
  const Step pattern = planned_steps.front();
  planned_steps.assign(out.steps.size(), pattern);
  for (std::size_t at = 0; at < out.steps.size(); ++at) {
    planned_steps[at].kind = out.steps[at].kind;
  }
  record.procedures.push_back(out);
}

void add_ledger(const SmallDrill& drill, Record& record) {
  record.plan.ledgers["orders"].name = "orders";
  record.plan.ledgers["orders"].write = base_plan().probes.at("page");
  LedgerRecord& out = record.ledgers["orders"];
  out.readings = 2;
  out.settled = true;
  out.strays = static_cast<std::uint64_t>(drill.strays);
  for (const SmallEntry& entry : drill.ledger) {
    LedgerEntry one;
    one.sent = ns(entry.s);
    one.answered = ns(entry.a);
    one.outcome = entry.outcome;
    one.copies = static_cast<std::uint16_t>(entry.copies);
    one.corrupted = entry.corrupted;
    out.entries.push_back(one);
  }
}

Level level_left(Want want) {
  if (want == Want::exactly_down) return Level::down;
  return want == Want::nominal ? Level::nominal : Level::degraded;
}

void add_steady_state(const SmallDrill& drill, Record& record) {
  auto expect = Expected::parse(written(drill.steady));
  if (!expect) throw std::runtime_error(expect.error().text());
  record.scenario.steady_state.push_back({drill.page.name, *expect, Duration{}, {}});
  record.scenario.steady_for = ns(drill.steady_for);
  record.scenario.steady_within = ns(1000);
  record.steady = "held";
  if (!drill.leaves) return;
  record.scenario.leaves[drill.page.name] = {level_left(*drill.leaves), {{{"", "on purpose"}}}};
}

}  // namespace

Record record_of(const SmallDrill& drill) {
  Record record;
  record.source = "seed-" + std::to_string(drill.seed) + ".jsonl";
  record.tool = "0.1.0";
  record.plan = base_plan();
  record.plan.services["server"].health_period = ns(drill.health_period);
  record.scenario.name = "seeded";
  record.scenario.sustained = ns(drill.sustained);
  record.scenario.patience = ns(drill.patience);
  add_steady_state(drill, record);
  add_phases(drill, record);
  add_probe(drill.page, record);
  if (drill.rules) add_probe(*drill.rules, record);
  record.scenario.levels[drill.page.name] = levels();
  add_faults(drill, record);
  if (drill.procedure) add_procedure(*drill.procedure, record);
  if (!drill.ledger.empty()) add_ledger(drill, record);
  record.outcome = drill.outcome;
  if (drill.outcome == "aborted") record.abort_why = "a guard failed";
  if (drill.outcome == "interrupted") record.interrupted_by = "SIGINT";
  if (drill.patience_over) {
    record.patience_over = true;
    record.moments.push_back({ns(*drill.patience_over), "patience", "", "not recovered"});
  }
  for (const Ask& ask : drill.asks) {
    AssertionSpec spec;
    spec.kind = ask.kind;
    spec.name = ask.name;
    spec.options = options_of(ask, drill);
    record.scenario.assertions.push_back(spec);
  }
  return record;
}

}  // namespace reprise::testing::definition
