#include "tests/judge/definition/oracle.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tests/judge/definition/causes.h"

namespace reprise::testing::definition {

const std::vector<std::pair<std::string, Reading>>& other_readings() {
  static const std::vector<std::pair<std::string, Reading>> all{
      {"a run begins behind a bad sample only", {.run_begins_inside = false}},
      {"a cause may be commanded after f_z", {.cause_after_the_end = true}},
      {"an outage across the incident is one since it", {.outage_across_the_incident = true}},
      {"`from: heal` takes what surely came before", {.healing_surely_before = true}},
      {"a skipped sample has a latency", {.skipped_without_latency = false}}};
  return all;
}

std::string printed(const Answer& answer) {
  std::string out;
  for (const Status status : answer.status) {
    out += (out.empty() ? "" : " or ") + std::string(status_name(status));
  }
  for (const auto& failure : answer.failures) out += " " + failure;
  if (!answer.measured) return out + " (interval left open)" + answer.workings;
  const auto& [low, high] = *answer.measured;
  out += fmt::format(" [{}, {}]", low, high ? std::to_string(*high) : "none");
  if (answer.low_open) out += " (lower end left open)";
  return out + answer.workings;
}

// Whoever was never asked would have answered at once, or only when patience was over.
std::vector<Filling> fillings(Want want, const SmallProbe& probe, Ms at_once_from) {
  std::vector<Filling> all{{}};
  for (const SmallSample& one : probe.samples) {
    const Truth truth = told(want, one);
    const std::size_t before = all.size();
    for (std::size_t at = 0; at < before; ++at) {
      const Filled filled{one.i, one.s, one.f, truth != Truth::fails, one.saw == Saw::skipped,
                          one.f};
      all[at].push_back(filled);
      if (truth != Truth::unknown) continue;
      all.push_back(all[at]);
      all.back().back().good = false;
    }
  }
  const std::size_t late = all.size();
  for (std::size_t at = 0; at < late; ++at) {
    all.push_back(all[at]);
    for (Filled& one : all.back()) {
      if (one.skipped && one.i >= at_once_from) one.f = one.i;
    }
  }
  return all;
}

namespace {

// By gravity; what is left open is as grave as the gravest it may be.
Status worst_of(const Answer& answer) { return *answer.status.rbegin(); }

bool longer(const std::optional<Ms>& left, const std::optional<Ms>& right) {
  if (!left || !right) return !left && right;
  return *left > *right;
}

}  // namespace

Answer over_fillings(const std::vector<Answer>& each) {
  Answer out = each.front();
  for (const Answer& one : each) {
    out.failures.insert(one.failures.begin(), one.failures.end());
    out.low_open = out.low_open || one.low_open;
    if (!one.measured || !out.measured) {
      out.measured.reset();
    } else {
      out.measured->low = std::min(out.measured->low, one.measured->low);
      if (longer(one.measured->high, out.measured->high)) out.measured->high = one.measured->high;
    }
    if (one.status == out.status) continue;
    if (one.status.size() > 1 || out.status.size() > 1) {
      out.status.insert(one.status.begin(), one.status.end());
      out.status.insert(Status::inconclusive);
    } else {
      out.status = {Status::inconclusive};
    }
  }
  if (!out.status.contains(Status::fail)) out.failures.clear();
  return out;
}

Answer gravest(const std::vector<Answer>& each) {
  const Answer* found = &each.front();
  bool low_open = false;
  for (const Answer& one : each) {
    if (&one == &each.front()) continue;
    const Status worst = worst_of(one);
    if (worst < worst_of(*found)) continue;
    const bool both = one.measured && found->measured;
    if (worst > worst_of(*found)) {
      found = &one;
      low_open = false;
    } else if (both && longer(one.measured->high, found->measured->high)) {
      found = &one;
      low_open = false;
    } else if (both && one.measured->high == found->measured->high) {
      low_open = low_open || one.measured->low != found->measured->low;
    }
  }
  Answer out = *found;
  out.low_open = out.low_open || low_open;
  return out;
}

Ms Outage::earliest_f() const {
  Ms out = bad.front().f;
  for (const Filled& one : bad) out = std::min(out, one.f);
  return out;
}

Ms Outage::largest_f() const {
  Ms out = bad.front().f;
  for (const Filled& one : bad) out = std::max(out, one.until);
  return out;
}

bool sustained(const Filling& samples, std::size_t at, Ms w, Ms every) {
  const Filled& z = samples[at];
  const Ms until = z.f + w;
  for (const Filled& one : samples) {
    if (one.i >= z.i && one.i <= until && !one.good) return false;
  }
  const Ms last = samples.back().i;
  return last >= until || last + every > until;
}

// A good sample that was under way at a candidate shows a return only if a bad answer of the outage
// had come when it was sent: else it may have been good before the outage began.
bool shows_a_return(const SmallDrill& drill, const Outage& outage, const Filled& good) {
  if (good.i >= outage.earliest_f()) return true;
  return std::ranges::none_of(candidates(drill), [&](const Candidate& one) {
    const Ms latest = one.kind == CandidateKind::step ? one.begun : one.over;
    return good.i < latest && good.f > one.begun;
  });
}

std::vector<Outage> outages(const SmallDrill& drill, const Filling& samples, Ms w,
                            const Reading& reading) {
  const Ms every = drill.page.every;
  std::vector<Outage> out;
  bool open = false;
  for (std::size_t at = 0; at < samples.size(); ++at) {
    if (!samples[at].good) {
      if (!open) out.emplace_back();
      open = true;
      out.back().bad.push_back(samples[at]);
      continue;
    }
    if (!open) continue;
    const bool may_begin = reading.run_begins_inside || !samples[at - 1].good;
    if (!may_begin || !sustained(samples, at, w, every)) continue;
    if (!shows_a_return(drill, out.back(), samples[at])) continue;
    out.back().z = samples[at];
    open = false;
  }
  return out;
}

Answer answered(const Ask& ask, const SmallDrill& drill, const Reading& reading, bool explain) {
  Answer out;
  if (ask.kind == "recovery") out = recovery(ask, drill, reading, explain);
  if (ask.kind == "throughout") out = throughout(ask, drill, reading);
  if (ask.kind == "never") out = never(ask, drill);
  if (ask.kind == "consistent") out = consistent(ask, drill);
  if (ask.kind == "fallback") out = fallback(ask, drill);
  if (ask.kind == "rpo") out = rpo(ask, drill);
  if (ask.kind == "no-loss") out = no_loss(ask, drill);
  if (ask.kind == "at-the-end") out = well_at_the_end(drill, reading);
  if (out.status.empty()) throw std::logic_error("no oracle for " + ask.kind);
  const Truth steady = steady_before(drill);
  if (steady == Truth::fails) return {.status = {Status::inconclusive}};
  if (steady == Truth::unknown) {
    // Whether a miss is void where the steady state is not known is left open.
    out.status.erase(Status::pass);
    out.status.insert(Status::inconclusive);
    out.measured.reset();
  }
  if (!drill.completed() && out.status.erase(Status::pass) > 0) {
    out.status.insert(Status::inconclusive);
  }
  return out;
}

}  // namespace reprise::testing::definition
