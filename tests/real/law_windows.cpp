// The demands on what the probe's user was told in a window, and the steady state.
#include <algorithm>

#include <fmt/format.h>

#include "tests/real/law.h"

namespace reprise::real {
namespace {

using nlohmann::json;

Time phase_of(const Evidence& evidence, const char* name) {
  const auto phase = evidence.phases.find(name);
  return phase == evidence.phases.end() ? endless : phase->second;
}

// [low, high] of the window's borders, which the journal knows.
When window_of(const Case& drill, const json& options) {
  const Evidence& evidence = drill.evidence;
  if (options.value("during", "all") != "fault") {
    return {phase_of(evidence, "inject"), phase_of(evidence, "verify")};
  }
  When window{endless, 0};
  for (const Round& round : evidence.rounds) {
    window.low = std::min(window.low, round.command.low);
    const Time over = round.condition ? (round.healing ? round.healing->high : endless)
                                      : phase_of(evidence, "heal");
    window.high = std::max(window.high, over);
  }
  return window;
}

// How many samples show it: surely inside of the window, and perhaps.
template <typename Shows>
std::pair<int, int> count(const Truth& truth, const When& window, Shows shows) {
  int surely = 0, perhaps = 0;
  for (const Told& told : truth.told) {
    const bool near = told.f >= window.low - millisecond && told.i <= window.high + millisecond;
    const bool inside = told.f >= window.low + millisecond && told.i <= window.high - millisecond;
    if (near && shows(told)) ++perhaps;
    if (inside && shows(told)) ++surely;
  }
  return {surely, perhaps};
}

// Only whole levels and what the service serves as a fallback are asked for here.
bool shows(const Told& told, const json& expect) {
  if (expect.is_string()) return told.level == class_named(expect);
  return told.level == Class::degraded;
}

void judge_outages(const Case& drill, const json& options, Choices& choices, World& world) {
  const Truth& truth = drill.truths.at(options.at("probe"));
  const Class level = class_named(options.at("expect"));
  const Time longest = time_of(options, "longest-outage");
  const When window = window_of(drill, options);
  const auto seen = seen_of(truth, level, choices);
  const Time sustained = drill.drawn.sustained_ms() * millisecond;
  bool none = true;
  for (const Outage& outage : outages_of(truth, seen, sustained, choices)) {
    const When into{outage.end.low - window.low, outage.end.high - window.low};
    const When out{window.high - outage.begin.high, window.high - outage.begin.low};
    if (!at_least(into, 0, truth.slack() + truth.timeout, choices)) continue;
    if (!at_least(out, 0, truth.slack() + truth.timeout, choices)) continue;
    none = false;
    const Time least = outage.surely_until - outage.begin.high;
    const Time most = latest_answer(truth, level, outage.end) - outage.begin.low + truth.slack();
    world.pass = world.pass && least <= longest && !outage.open;
    world.fail = world.fail || most > longest;
    // Without an end there is no upper end.
    const bool cut = outage.open || outage.end.high > truth.last - truth.slack();
    const Time known = outage.end.high - outage.told_first;
    world.inconclusive = world.inconclusive || (cut && known <= longest + truth.slack());
    world.told += fmt::format("[{:.1f} to {:.1f} ms] ", static_cast<double>(least) / millisecond,
                              static_cast<double>(most) / millisecond);
  }
  // What could not have been seen was not shown.
  Time slowest = 0;
  for (const Told& told : truth.told) slowest = std::max(slowest, told.f - told.i);
  if (none && truth.every + slowest > longest) world.inconclusive = true;
}

struct Shown {
  bool surely_in_time = false, never_in_time = false;
};

Shown fallback_of(const Case& drill, const json& options, const Round& round, Time limit) {
  const Truth& truth = drill.truths.at(options.at("probe"));
  const Time since = std::min(round.command.high, *round.bit);
  Time until = endless;
  for (const Round& other : drill.evidence.rounds) {
    if (other.id == round.id && other.command.low > round.command.low) {
      until = std::min(until, other.command.low);
    }
  }
  Shown shown{false, true};
  for (const Told& told : truth.told) {
    if (!shows(told, options.at("expect")) || told.i >= until || told.s < since) continue;
    if (told.f - *round.bit <= limit + millisecond) shown.never_in_time = false;
    if (told.f - *round.bit <= limit - millisecond) shown.surely_in_time = true;
  }
  // The service cannot have been told to show it by anybody but its script.
  return shown;
}

World unable() {
  World world;
  world.inconclusive = true;
  return world;
}

}  // namespace

World throughout_by_law(const Case& drill, const json& options, Choices& choices) {
  const Truth& truth = drill.truths.at(options.at("probe"));
  const Class level = class_named(options.at("expect"));
  World world;
  world.pass = true;
  const bool outage = options.contains("longest-outage");
  if (options.contains("allowed-failures") || !outage) {
    const int allowed = options.value("allowed-failures", 0);
    const auto [surely, perhaps] =
        count(truth, window_of(drill, options),
              [level](const Told& told) { return is_below(told, level); });
    world.pass = surely <= allowed;
    world.fail = perhaps > allowed;
    world.told = fmt::format("{} to {} failures, {} allowed; ", surely, perhaps, allowed);
  }
  if (outage) judge_outages(drill, options, choices, world);
  return world;
}

World never_by_law(const Case& drill, const json& options, Choices&) {
  const Truth& truth = drill.truths.at(options.at("probe"));
  const auto [surely, perhaps] =
      count(truth, window_of(drill, options),
            [&](const Told& told) { return shows(told, options.at("expect")); });
  World world;
  world.pass = surely == 0;
  world.fail = perhaps > 0;
  // Who is never answered shows nothing.
  const When since{drill.evidence.rounds.front().command.low - millisecond, endless};
  const bool answered =
      count(truth, since, [](const Told& told) { return told.outcome == "answered"; }).first > 1;
  if (options.at("expect") != "down" && !answered) world.inconclusive = true;
  world.told = fmt::format("{} to {} samples showed it", surely, perhaps);
  return world;
}

World fallback_by_law(const Case& drill, const json& options, Choices&) {
  const Time limit = time_of(options, "within") + time_of(options, "detect");
  const std::string named = options.value("incident", "each");
  World world;
  world.pass = true;
  for (const Round& round : drill.evidence.rounds) {
    if (named != "each" && round.id != named) continue;
    if (!round.bit) return unable();
    const Shown shown = fallback_of(drill, options, round, limit);
    world.pass = world.pass && !shown.never_in_time;
    world.fail = world.fail || !shown.surely_in_time;
    // A fault that is over before the fallback was due, a drill that ends before.
    const Time over = round.healing ? round.healing->low : phase_of(drill.evidence, "heal");
    const Time end = drill.truths.at(options.at("probe")).end;
    world.inconclusive = world.inconclusive || over - *round.bit <= limit + millisecond ||
                         end - *round.bit <= limit + 100 * millisecond;
    // Served before already.
    for (const Told& told : drill.truths.at(options.at("probe")).told) {
      const bool before = told.i <= std::min(round.command.high, *round.bit) + millisecond;
      const bool after_start = told.i >= phase_of(drill.evidence, "steady");
      const bool it = shows(told, options.at("expect"));
      world.inconclusive = world.inconclusive || (before && after_start && it);
    }
  }
  return world;
}

World end_by_law(const Case& drill, Choices& choices) {
  Time healed = phase_of(drill.evidence, "inject");
  for (const Round& round : drill.evidence.rounds) {
    healed = std::max(healed, round.healing ? round.healing->high : round.command.high);
  }
  const Time patience = time_of(drill.drawn.scenario, "patience");
  World world;
  world.pass = true;
  for (const json& watch : drill.drawn.scenario.at("steady-state")) {
    const Truth& truth = drill.truths.at(watch.at("probe"));
    const auto seen = seen_of(truth, Class::nominal, choices);
    const Time sustained = drill.drawn.sustained ? drill.drawn.sustained * millisecond
                                                 : 20 * truth.every;
    const auto outages = outages_of(truth, seen, sustained, choices);
    if (outages.empty()) continue;
    const Outage& last = outages.back();
    const When run{truth.last - last.end.high, truth.last - last.surely_until};
    const bool sustained_run = !last.open && at_least(run, sustained, truth.slack(), choices);
    const When room{healed + patience - last.end.high, healed + patience - last.end.low};
    const bool in_time = at_least(room, 0, truth.slack(), choices);
    world.pass = world.pass && sustained_run && in_time;
    world.fail = world.fail || !sustained_run || !in_time;
    // A good run that the record's end cuts short.
    const bool well = !last.open && last.end.low < truth.last - truth.every;
    world.inconclusive = world.inconclusive || (!sustained_run && well);
  }
  return world;
}

World steady_by_law(const Case& drill, Choices& choices) {
  World world;
  world.pass = true;
  const Evidence& evidence = drill.evidence;
  const Time command = evidence.rounds.empty() ? endless : evidence.rounds.front().command.low;
  if (evidence.steady != "held" || command == endless) return unable();
  for (const json& watch : drill.drawn.scenario.at("steady-state")) {
    const Truth& truth = drill.truths.at(watch.at("probe"));
    const Time hold = time_of(drill.drawn.scenario.at("steady"), "for");
    for (const Bad& bad : seen_of(truth, Class::nominal, choices)) {
      const When begun{command - bad.begin.high, command - bad.begin.low};
      const When over{bad.end.low - (command - hold), bad.end.high - (command - hold)};
      const bool before = at_least(begun, 0, truth.slack() + truth.timeout, choices);
      if (!before || !at_least(over, 0, truth.slack(), choices)) continue;
      world.pass = false;
      world.inconclusive = true;
    }
  }
  return world;
}

}  // namespace reprise::real
