// What counts from a fault: fallback and log; and procedures.
#include <algorithm>

#include "tests/judge/world/bills.h"

namespace reprise::testing::world {
namespace {

// The rounds that an assertion judges: of the fault it names, else all.
std::vector<std::size_t> rounds_of(const World& world, const AssertionSpec& spec) {
  const std::string incident = spec.options.value("incident", "each");
  std::vector<std::size_t> out;
  for (std::size_t n = 0; n < world.strikes.size(); ++n) {
    if (incident == "each" || world.strikes[n].id == incident) out.push_back(n);
  }
  return out;
}

// When the fallback was told for the first time after a round: by the earliest and by the latest
// reading of looks that were never sent.
struct Told {
  std::optional<Duration> early, late;
  std::optional<Duration> tau, began;
  std::optional<Duration> with_victims;  // had answers counted that were under way before
};

Told first_told(const World& world, const WatchedProbe& probe, std::size_t round) {
  const Strike& strike = world.strikes[round];
  const Duration from = std::min(strike.armed, strike.bit);
  std::optional<Duration> next;
  for (std::size_t n = round + 1; n < world.strikes.size() && !next; ++n) {
    if (world.strikes[n].id == strike.id) next = world.strikes[n].commanded;
  }
  Told out;
  const auto least = [](std::optional<Duration>& known, Duration at) {
    known = std::min(known.value_or(at), at);
  };
  for (const auto& shot : probe.shots) {
    if (shot.saw != Saw::fallback || (next && shot.i >= *next)) continue;
    if (shot.f >= from) least(out.with_victims, shot.f);
    if (shot.s < from) continue;
    if (!out.early || shot.f < *out.early) {
      out.tau = shot.tau;
      for (const auto& piece : probe.pieces) {
        if (piece.from <= shot.tau && shot.tau < piece.to) out.began = piece.from;
      }
    }
    least(out.early, shot.f);
    least(out.late, shot.skipped ? shot.i + probe.timeout : shot.f);
  }
  return out;
}

}  // namespace

Bill fallback_bill(const World& world, const AssertionSpec& spec) {
  Bill bill;
  bill.name = spec.name;
  bill.no_fail = true;
  bill.why_no_fail = "the fallback was told in time in every round";
  const WatchedProbe& probe = world.probe(spec.options.at("probe"));
  const Duration limit = duration_in(spec, "within", 0s) + duration_in(spec, "detect", 0s);
  const auto in_time = [&](std::size_t round, std::optional<Duration> told) {
    return told && *told - world.strikes[round].bit <= limit;
  };
  const auto judged = rounds_of(world, spec);
  std::set<bool> answers;
  bool never = false;
  for (const std::size_t round : judged) {
    const Told told = first_told(world, probe, round);
    if (!in_time(round, told.early)) {
      bill.forbid_pass("round " + std::to_string(round) + " was not told in time");
      if (in_time(round, told.with_victims)) bill.kinds.insert('a');
    }
    if (!in_time(round, told.late)) bill.allow_fail("");
    answers.insert(in_time(round, told.early));
    if (!told.early) never = true;
    const Duration bit = world.strikes[round].bit;
    if (told.tau) bill.truths.push_back(std::max(Duration(0s), *told.tau - bit));
    if (told.began) bill.truths.push_back(std::max(Duration(0s), *told.began - bit));
  }
  for (std::size_t round = 0; round < world.strikes.size(); ++round) {
    if (std::ranges::find(judged, round) != judged.end()) continue;
    answers.insert(in_time(round, first_told(world, probe, round).early));
  }
  if (answers.size() == 2) bill.kinds.insert('c');
  if (never) bill.truths.clear();
  // One that was sent late may be the last that did not show it, after the first that did.
  for (const auto& shot : probe.shots) {
    if (shot.s - shot.i > probe.every / 2) bill.truths.clear();
  }
  return bill;
}

Bill log_bill(const World& world, const AssertionSpec& spec) {
  Bill bill;
  bill.name = spec.name;
  const bool absent = spec.options.value("absent", false);
  const bool limited = spec.options.contains("within");
  auto judged = rounds_of(world, spec);
  if (!limited) judged = {judged.front()};
  std::set<bool> answers;
  bool every = true, surely_silent = true, heard = false, only_hidden = true;
  for (std::size_t round = 0; round < world.strikes.size(); ++round) {
    const Strike& strike = world.strikes[round];
    const Duration to = limited ? strike.bit + duration_in(spec, "within", 0s) : forever;
    bool any = false, later = false;
    for (const auto& line : world.lines) {
      if (!line.matches || line.at < strike.commanded || line.at > to) continue;
      any = true;
      later = later || line.at >= strike.bit;
      if (line.kept == TrueLine::Kept::whole) only_hidden = false;
    }
    answers.insert(any);
    if (std::ranges::find(judged, round) == judged.end()) continue;
    every = every && any;
    surely_silent = surely_silent && !any;
    heard = heard || later;
  }
  if (absent) {
    if (heard) bill.forbid_pass("the service printed it");
    if (heard && only_hidden) bill.kinds.insert('d');
    bill.no_fail = surely_silent;
    bill.why_no_fail = "the service never printed it";
  } else {
    if (!every) bill.forbid_pass("the service did not print it in time");
    bill.no_fail = every;
    bill.why_no_fail = "the service printed it in time";
    if (world.outcome == "aborted" || world.outcome == "interrupted") {
      bill.forbid_pass("the drill was ended early");
      bill.no_fail = true;
      bill.why_no_fail = "the drill was ended early";
    }
  }
  if (answers.size() == 2 && limited) bill.kinds.insert('c');
  return bill;
}

Bill procedure_bill(const World& world, const AssertionSpec& spec) {
  Bill bill;
  bill.name = spec.name;
  bill.no_fail = true;
  bill.why_no_fail = "every run was finished in time";
  const bool may_fail = spec.options.value("allow-failed", false);
  const std::string slow = spec.objective == "rto" ? "RtoExceeded" : "ProcedureTooSlow";
  bill.all_missed = world.outcome == "completed";
  std::set<bool> answers;
  for (const auto& run : world.runs) {
    if (run.procedure != spec.options.at("run")) continue;
    bool well = true;
    if (run.failed && !may_fail) {
      bill.forbid_pass("a step failed");
      bill.missed.insert("ProcedureFailed");
      well = false;
    }
    const Duration took = run.finished - run.started;
    bill.truths.push_back(took);
    if (spec.options.contains("within") && took > duration_in(spec, "within", 0s)) {
      well = false;
      bill.forbid_pass("a run took " + format_duration(took));
      if (run.failed)
        bill.all_missed = false;
      else
        bill.missed.insert(slow);
    }
    if (!well) bill.allow_fail("");
    answers.insert(well);
  }
  if (answers.size() == 2) bill.kinds.insert('c');
  return bill;
}

}  // namespace reprise::testing::world
