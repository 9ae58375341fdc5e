#include "harness/judge/inconclusive.h"

#include <algorithm>
#include <set>

#include "harness/journal/fields.h"
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/options.h"
#include "harness/judge/procedure_evidence.h"
#include "harness/judge/statistics.h"

namespace reprise {
namespace {

using Reasons = std::vector<Reason>;

std::string named(const FaultRecord& fault, int rounds) {
  return rounds > 1 ? fmt::format("{} ({})", fault.id, fault.round + 1) : fault.id;
}

void add_steady(const Record& record, Reasons& out) {
  if (record.scenario.steady_state.empty()) {
    if (!record.scenario.faults.empty()) out.push_back({{"judge.steady.unstated"}});
    return;
  }
  if (record.steady == "held") return;
  if (record.steady.empty()) {
    out.push_back({{"judge.steady.never"}, true});
    return;
  }
  const char* key = record.steady == "lost" ? "judge.steady.lost" : "judge.steady.not-reached";
  out.push_back({{key, {{"why", record.steady_why}}}, true});
}

// Rounds that failed, or were commanded and had no victim.
void add_bites(const Record& record, Reasons& out) {
  for (const auto& fault : record.faults) {
    const auto spec = std::ranges::find(record.scenario.faults, fault.id, &FaultSpec::id);
    const int rounds = spec == record.scenario.faults.end() ? 1 : spec->times;
    const std::string name = named(fault, rounds);
    if (!fault.failed.empty()) {
      out.push_back({{"judge.fault-failed", {{"fault", name}, {"why", fault.failed}}}});
    } else if (fault.commanded && !fault.bit) {
      out.push_back({{"judge.fault-did-not-bite", {{"fault", name}}}});
    }
  }
}

// Faults of the scenario that never came. When the drill was ended early, that is the reason.
void add_missing_faults(const Record& record, Reasons& out) {
  if (record.outcome != "completed") return;
  for (const auto& spec : record.scenario.faults) {
    const auto commanded = std::ranges::count_if(record.faults, [&](const FaultRecord& fault) {
      return fault.id == spec.id && (fault.commanded || !fault.failed.empty());
    });
    if (commanded >= spec.times) continue;
    out.push_back({{"judge.fault-not-commanded",
                    {{"fault", spec.id}, {"count", commanded}, {"times", spec.times}}}});
  }
}

// That no assertion names: what the plan has people do was not done, and nothing else would tell.
void add_procedures(const Record& record, Reasons& out) {
  if (record.outcome != "completed") return;
  const auto named = [&](const std::string& procedure) {
    return std::ranges::any_of(record.scenario.assertions, [&](const AssertionSpec& assertion) {
      return text_option(assertion, "run") == procedure;
    });
  };
  for (const ProcedureRecord& run : record.procedures) {
    if (named(run.name)) continue;
    if (run.state == "failed") {
      const StepRecord* step = failed_step(run);
      out.push_back(
          {{"judge.procedure-failed",
            {{"procedure", run.name}, {"step", step ? step_text(*step) : nlohmann::json()}}}});
    } else if (run.state == "not-executed") {
      out.push_back({{"judge.procedure-not-executed", {{"procedure", run.name}}}});
    }
  }
}

// How much of a period must be seen: its beginning and its end may fall between two samples.
constexpr double least_of_period = 0.75;

// A backup as long as samples show it as the newest.
struct Shown {
  std::string name;
  bool made = false;  // during the drill: it is younger than what was shown before
  Duration age{}, since{}, until{};
};

std::vector<Shown> shown_before(const ProbeRecord& probe, Duration incident) {
  std::vector<Shown> out;
  for (const Sample& sample : probe.samples) {
    const nlohmann::json& values = probe.seen(sample).values;
    if (sample.finished > incident || !values.contains("count")) continue;
    const Duration age = told_duration(values, "age").value_or(Duration::max());
    const std::string name = text_field(values, "restorable");
    if (out.empty() || name != out.back().name || age < out.back().age) {
      out.push_back({name, !out.empty() && age < out.back().age, age, sample.finished, {}});
    }
    out.back().age = age;
    out.back().until = sample.finished;
  }
  std::erase_if(out, [](const Shown& one) { return !one.made; });
  return out;
}

// The longer time of the last two.
std::optional<Duration> longest_shown(const std::vector<Shown>& backups) {
  std::optional<Duration> longest;
  const std::size_t last = std::min<std::size_t>(2, backups.size());
  for (auto one = backups.end() - static_cast<std::ptrdiff_t>(last); one != backups.end(); ++one) {
    longest = std::max(longest, std::optional(tamed(one->until - one->since)));
  }
  return longest;
}

// Backups that are made more often than the compressed time says flatter the plan.
void add_compression(const Record& record, Reasons& out) {
  const auto& compress = record.scenario.compress;
  const auto incident = first_commanded(record);
  if (!compress || !incident) return;
  const auto probe = record.probes.find(compress->probe);
  std::optional<Duration> shown;
  if (probe != record.probes.end()) {
    shown = longest_shown(shown_before(probe->second, *incident));
  }
  const Duration period = compress->drilled();
  if (!shown) {
    out.push_back({{"judge.compress.untold", {{"probe", compress->probe}}}});
  } else if (*shown < least_of_period * period) {
    out.push_back({{"judge.compress.too-often",
                    {{"probe", compress->probe},
                     {"shown_ns", shown->count()},
                     {"drilled_ns", period.count()},
                     {"period_ns", compress->period.count()}}}});
  }
}

void add_end(const Record& record, Reasons& out) {
  for (const auto& what : record.troubles) {
    out.push_back({{"judge.trouble", {{"what", what}}}});
  }
  for (const auto& process : record.strays) {
    out.push_back({{"judge.stray", {{"process", process}}}});
  }
  if (record.outcome.empty()) {
    out.push_back({{"judge.torn"}, true});
  } else if (record.outcome == "aborted") {
    out.push_back({{"judge.aborted", {{"why", record.abort_why}}}});
  } else if (record.outcome == "interrupted") {
    out.push_back({{"judge.interrupted", {{"signal", record.interrupted_by}}}});
  } else if (record.outcome != "completed") {
    out.push_back({{"judge.not-completed", {{"outcome", record.outcome}}}});
  }
}

// Every probe that an assertion looks at.
std::set<std::string> judged_probes(const Record& record) {
  std::set<std::string> out;
  for (const auto& assertion : record.scenario.assertions) {
    if (auto probe = text_option(assertion, "probe"); !probe.empty()) out.insert(probe);
  }
  for (const Watch& watch : record.scenario.steady_state) out.insert(watch.probe);
  return out;
}

// Two drills and a browser on two cores will do it: the instants are then not what they say.
void add_lateness(const Record& record, Reasons& out) {
  const auto window = drill_window(record);
  if (!window) return;
  for (const auto& name : judged_probes(record)) {
    const auto probe = record.probes.find(name);
    const auto spec = record.plan.probes.find(name);
    if (probe == record.probes.end() || spec == record.plan.probes.end()) continue;
    std::vector<Duration> delays;
    for (const Sample& sample : probe->second.samples) {
      if (window->contains(sample.intended)) delays.push_back(sample.sent - sample.intended);
    }
    const Duration late = percentile(std::move(delays), 0.99);
    const Duration allowed = spec->second.every / 2;
    if (late <= allowed) continue;
    Message told{"judge.observer-late",
                 {{"probe", name}, {"late_ns", late.count()}, {"allowed_ns", allowed.count()}}};
    if (record.stolen_percent > 0) {
      told.key = "judge.observer-late-stolen";
      told.arguments["stolen"] = record.stolen_percent;
    }
    out.push_back({std::move(told), false});
  }
}

}  // namespace

std::vector<Reason> drill_reasons(const Record& record) {
  Reasons out;
  // What ended a drill before it began is its first reason.
  const bool never_began = record.steady.empty();
  if (never_began) add_end(record, out);
  add_steady(record, out);
  add_bites(record, out);
  add_missing_faults(record, out);
  add_procedures(record, out);
  add_compression(record, out);
  if (!never_began) add_end(record, out);
  add_lateness(record, out);
  if (record.scenario.assertions.empty()) out.push_back({{"judge.nothing-judged"}});
  return out;
}

}  // namespace reprise
