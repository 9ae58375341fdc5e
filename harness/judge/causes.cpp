#include "harness/judge/causes.h"

#include <algorithm>

#include "harness/judge/incidents.h"

namespace reprise {
namespace {

using Kind = Candidate::Kind;

void add_fault(const FaultRecord& fault, std::vector<Candidate>& out) {
  if (!fault.commanded) return;
  const bool event = fault.nature == Nature::event;
  const Duration armed = std::max(*fault.commanded, armed_of(fault));
  out.push_back(
      {event ? Kind::event : Kind::condition, *fault.commanded, armed, armed, &fault, fault.id});
  if (event || !fault.healed) return;
  const Duration healing = std::min(fault.healing.value_or(*fault.healed), *fault.healed);
  out.push_back({Kind::healing, healing, *fault.healed, *fault.healed, &fault, fault.id});
}

// The incident that a run of a procedure answers: the fault that its `after` names, else the last
// one commanded before the run began.
const FaultRecord* answered_by(const ProcedureRecord& run, const Record& record) {
  std::string named;
  const auto& planned = record.scenario.procedures;
  const auto place = static_cast<std::size_t>(run.run);  // one that is not told is beyond them all
  if (place < planned.size()) named = planned[place].start.after;
  const FaultRecord* last = nullptr;
  for (const FaultRecord& fault : record.faults) {  // by t_cmd
    if (!fault.commanded || !run.started || *fault.commanded > *run.started) continue;
    if (named.empty() || fault.id == named) last = &fault;
  }
  return last;
}

void add_steps(const ProcedureRecord& run, const Record& record, std::vector<Candidate>& out) {
  const FaultRecord* incident = answered_by(run, record);
  for (const StepRecord& step : run.steps) {
    if (!step.started || step.kind == "wait") continue;
    const Duration over = std::max(*step.started, step.finished.value_or(record.length));
    out.push_back({Kind::step, *step.started, *step.started, over, incident,
                   fmt::format("{} ({})", run.name, step.index + 1)});
  }
}

// The last round of a fault that may have been commanded by then.
const Candidate* last_round(const std::vector<Candidate>& all, const std::string& id, Duration by) {
  const Candidate* last = nullptr;
  for (const Candidate& one : all) {
    const bool command = one.kind == Kind::event || one.kind == Kind::condition;
    if (command && one.name == id && one.earliest <= by) last = &one;
  }
  return last;
}

// The last healing, before the return, of any condition that was in place during the outage.
const Candidate* last_healing(const std::vector<Candidate>& all, const Outage& outage,
                              const std::vector<FilledSample>& told, std::optional<Duration> back) {
  const Candidate* last = nullptr;
  for (const Candidate& one : all) {
    if (one.kind != Kind::healing || (back && one.earliest >= *back)) continue;
    const bool in_place =
        *one.fault->commanded <= outage.bad_until && one.latest >= told[outage.first_bad].intended;
    if (in_place && (!last || one.earliest > last->earliest)) last = &one;
  }
  return last;
}

class Clock {
 public:
  Clock(const std::vector<Outage>& before_and_this, std::size_t index,
        const std::vector<FilledSample>& told, const ClockTerms& terms)
      : outages_(before_and_this), index_(index), told_(told), terms_(terms) {}

  [[nodiscard]] std::optional<Duration> back() const { return back_of(outages_[index_]); }

  [[nodiscard]] ClockStart start(const Candidate& cause) const {
    const bool strict = cause.kind == Kind::event || cause.kind == Kind::step;
    if (cause.kind == Kind::condition) return of_condition(cause);
    if (cause.kind != Kind::step) return {&cause, cause.earliest, cause.latest, true, strict};
    const FaultRecord* incident = cause.fault;
    if (!incident || was_back_between(*incident->commanded, cause.earliest)) {
      return {&cause, cause.earliest, cause.latest, true, strict};
    }
    return {&cause, *incident->commanded, std::max(*incident->commanded, armed_of(*incident)), true,
            strict};
  }

 private:
  [[nodiscard]] std::optional<Duration> back_of(const Outage& outage) const {
    if (!outage.back) return std::nullopt;
    return told_[*outage.back].finished;
  }

  [[nodiscard]] ClockStart of_condition(const Candidate& cause) const {
    const ClockStart from_command{&cause, cause.earliest, cause.latest, true, false};
    if (terms_.from == "incident" || terms_.degraded) return from_command;
    const auto end = back();
    if (!cause.fault->healed) return end ? from_command : ClockStart{&cause, {}, {}, false, false};
    const Duration healing = cause.fault->healing.value_or(*cause.fault->healed);
    // Surely back while the condition was in place.
    if (end && *end <= healing) return from_command;
    return {&cause, healing, *cause.fault->healed, true, false};
  }

  // Whether the probe had an outage since the incident and was back, sustained, before the step.
  [[nodiscard]] bool was_back_between(Duration incident, Duration step) const {
    for (std::size_t i = 0; i < index_; ++i) {
      const auto end = back_of(outages_[i]);
      if (outages_[i].begun_by >= incident && end && *end + terms_.sustained <= step) return true;
    }
    return false;
  }

  const std::vector<Outage>& outages_;
  std::size_t index_;
  const std::vector<FilledSample>& told_;
  const ClockTerms& terms_;
};

}  // namespace

std::vector<Candidate> candidates(const Record& record) {
  std::vector<Candidate> out;
  for (const FaultRecord& fault : record.faults) add_fault(fault, out);
  for (const ProcedureRecord& run : record.procedures) add_steps(run, record, out);
  std::ranges::stable_sort(out, {}, &Candidate::earliest);
  return out;
}

std::vector<Window> calls_of(const std::vector<Candidate>& candidates) {
  std::vector<Window> out;
  for (const Candidate& one : candidates) out.push_back({one.earliest, one.latest});
  return out;
}

Reckoning reckon(const std::vector<Candidate>& candidates, const std::vector<Outage>& outages,
                 std::size_t index, const std::vector<FilledSample>& told, const ClockTerms& terms,
                 std::optional<Duration> well_since) {
  const Outage& outage = outages[index];
  const Clock clock(outages, index, told, terms);
  Reckoning out;
  std::vector<const Candidate*> possible;
  for (const Candidate& one : candidates) {
    if (one.earliest > outage.begun_by) continue;
    const bool spent = well_since && *well_since >= one.over;
    (spent ? out.spent : possible).push_back(&one);
  }
  if (possible.empty() && !out.spent.empty()) {
    possible.push_back(out.spent.back());
    out.spent.pop_back();
  }
  if (!terms.incident.empty()) {
    if (const auto* round = last_round(candidates, terms.incident, outage.begun_by)) {
      out.starts = {{round, round->earliest, round->latest, true, true}};
      return out;
    }
  }
  if (terms.from == "heal") {
    if (const auto* healing = last_healing(candidates, outage, told, clock.back())) {
      out.starts = {{healing, healing->earliest, healing->latest, true, true}};
      return out;
    }
  }
  for (const Candidate* one : possible) out.starts.push_back(clock.start(*one));
  return out;
}

std::optional<Recovery> recovery_of(const Reckoning& reckoning, Duration last_bad,
                                    std::optional<Duration> back) {
  std::vector<ClockStart> known;
  std::ranges::copy_if(reckoning.starts, std::back_inserter(known), &ClockStart::known);
  if (known.empty()) return std::nullopt;
  const auto first = std::ranges::min_element(known, {}, &ClockStart::earliest);
  Duration latest = first->latest;
  Duration nearest = first->earliest;
  const bool strict = std::ranges::any_of(known, &ClockStart::strict);
  for (const ClockStart& start : known) {
    if (strict) continue;
    latest = std::max(latest, start.latest);
    nearest = std::max(nearest, start.earliest);
  }
  Recovery out;
  out.undecided = known.size() < reckoning.starts.size();
  out.interval.low = std::max(Duration::zero(), last_bad - latest);
  if (!back) return out;
  out.interval.high = std::max(Duration::zero(), *back - first->earliest);
  out.least_high = std::max(Duration::zero(), *back - nearest);
  return out;
}

}  // namespace reprise
