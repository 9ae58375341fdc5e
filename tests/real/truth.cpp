#include "tests/real/truth.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace reprise::real {
namespace {

using nlohmann::json;

// What changes the way from one instant on: a stage of the service, or a condition that comes or
// goes.
struct Turn {
  When at;
  const Stage* stage = nullptr;
  const Round* round = nullptr;
  bool comes = false;
};

bool on_the_way(const Round& round, const std::string& probe) {
  if (!round.condition || round.command.high == endless) return false;
  return round.kind == "process_pause" || (round.into == "front" && probe == "via");
}

std::vector<Turn> turns_of(const Evidence& evidence, const std::string& probe) {
  std::vector<Turn> turns;
  for (const Stage& stage : evidence.stages) turns.push_back({stage.from, &stage, nullptr, false});
  for (const Round& round : evidence.rounds) {
    if (!on_the_way(round, probe)) continue;
    turns.push_back({round.command, nullptr, &round, true});
    if (round.healing) turns.push_back({*round.healing, nullptr, &round, false});
  }
  std::ranges::stable_sort(turns, {}, [](const Turn& one) { return one.at.low; });
  return turns;
}

class Ways {
 public:
  explicit Ways(const Drawn& drawn) : drawn_(drawn) {
    for (const json& fault : drawn.scenario.at("faults")) with_[fault.at("id")] = fault;
  }

  Way way(const Stage* stage, const std::set<const Round*>& rounds) const {
    std::int64_t delay = 0;
    bool paused = false;
    const std::string kind = stage ? stage->state.at("kind") : "gone";
    for (const Round* round : rounds) {
      // What a link does to answers it does to those of a service that is there.
      const bool nobody = kind == "refuse" || kind == "gone";
      if (nobody && round->kind.starts_with("http_")) return Way::down;
      const json with = with_.at(round->id).value("with", json::object());
      if (round->kind == "http_status") {
        return with.at("status") == 503 ? Way::down : Way::degraded;
      }
      if (round->kind == "http_hang") return Way::down;
      if (round->kind == "network_cut") {
        return with.at("how") == "refuse" ? Way::down : Way::held;
      }
      if (round->kind == "http_delay") {
        delay = std::stoll(with.at("delay").get<std::string>());
        if (delay > drawn_.timeout) return Way::down;
      }
      paused = paused || round->kind == "process_pause";
    }
    if (!stage) return Way::down;
    if (paused) return kind == "refuse" ? Way::murky : Way::held;
    return of_service(stage->state, delay);
  }

 private:
  [[nodiscard]] Way of_service(const json& state, std::int64_t delay) const {
    const std::string kind = state.at("kind");
    if (kind == "fine") return Way::nominal;
    if (kind == "degraded") return Way::degraded;
    if (kind == "hang") return state.at("held") == "drop" ? Way::down : Way::held;
    if (kind != "slow") return Way::down;
    const std::int64_t latency = state.at("ms");
    if (latency > drawn_.timeout) return Way::down;
    if (latency + delay > drawn_.timeout * 7 / 10) return Way::murky;
    return state.at("as") == "fine" ? Way::nominal : Way::degraded;
  }

  const Drawn& drawn_;
  std::map<std::string, json> with_;
};

std::vector<Stretch> stretches_of(const Drawn& drawn, const Evidence& evidence,
                                  const std::string& probe, Time end) {
  const Ways ways(drawn);
  std::vector<Stretch> stretches;
  const Stage* stage = nullptr;
  std::set<const Round*> rounds;
  for (const Turn& turn : turns_of(evidence, probe)) {
    if (turn.at.low >= end) break;
    if (turn.stage) stage = turn.stage;
    if (turn.round && turn.comes) rounds.insert(turn.round);
    if (turn.round && !turn.comes) rounds.erase(turn.round);
    if (!stretches.empty()) stretches.back().end = turn.at;
    stretches.push_back({turn.at, {end, end}, ways.way(stage, rounds)});
  }
  return stretches;
}

// What the service says of the instant of each answer must be what the probe was told.
void find_lies(const Evidence& evidence, const std::string& probe, Truth& truth) {
  if (evidence.origin.low > evidence.origin.high) {
    truth.lies.push_back("answers were decided outside of their requests");
  }
  for (const Told& told : truth.told) {
    if (!told.decided) continue;
    const When at{*told.decided - evidence.origin.high, *told.decided - evidence.origin.low};
    bool explained = false;
    for (std::size_t i = 0; i < evidence.stages.size(); ++i) {
      const bool last = i + 1 == evidence.stages.size();
      if (evidence.stages[i].from.low > at.high) break;
      if (!last && evidence.stages[i + 1].from.high < at.low) continue;
      const json& state = evidence.stages[i].state;
      const std::string kind = state.at("kind") == "slow" ? state.at("as") : state.at("kind");
      const Class meant = kind == "fine"       ? Class::nominal
                          : kind == "degraded" ? Class::degraded
                                               : Class::down;
      explained = explained || meant == told.level;
    }
    if (!explained) {
      truth.lies.push_back(fmt::format("{} at {} ns was told something else", probe, told.i));
    }
  }
}

bool meets(const Told& told, const Stretch& stretch) {
  return told.f >= stretch.begin.low && told.i <= stretch.end.high;
}

bool held_up(const Told& told, const Truth& truth) {
  return std::ranges::any_of(truth.stretches, [&](const Stretch& one) {
    return (one.way == Way::held || one.way == Way::murky) && meets(told, one);
  });
}

// Probes come at fixed instants, whatever becomes of them.
void find_holes(const std::string& probe, Truth& truth) {
  for (std::size_t i = 1; i < truth.told.size(); ++i) {
    const Time gap = truth.told[i].i - truth.told[i - 1].i;
    if (gap == truth.every) continue;
    truth.lies.push_back(fmt::format("{}: {} ns between two samples", probe, gap));
  }
}

void find_oddities(Truth& truth) {
  for (const Told& told : truth.told) {
    if (told.level != Class::down || told.unknown || told.decided) continue;
    const bool explained = std::ranges::any_of(truth.stretches, [&](const Stretch& one) {
      return one.way != Way::nominal && one.way != Way::degraded && meets(told, one);
    });
    if (!explained) truth.odd.push_back(fmt::format("{} at {} ns", told.outcome, told.i));
  }
}

Told filled_well(const Told& told) {
  Told filled = told;
  filled.f = filled.i + millisecond;
  filled.level = Class::nominal;
  filled.decided.reset();
  return filled;
}

}  // namespace

bool is_below(const Told& told, Class level) { return told.level > level; }

Truth truth_of(const Drawn& drawn, const Evidence& evidence, const std::string& probe,
               Filling filling) {
  Truth truth;
  const auto told = evidence.told.find(probe);
  if (told != evidence.told.end()) truth.told = told->second;
  for (Told& one : truth.told) {
    truth.unknown = truth.unknown || one.unknown;
    if (one.unknown && filling == Filling::good) one = filled_well(one);
    if (one.unknown && filling == Filling::bad) one.level = Class::down;
  }
  truth.origin = evidence.origin;
  truth.every = (probe == "side" ? 2 : 1) * drawn.every * millisecond;
  truth.timeout = drawn.timeout * millisecond;
  for (const Told& one : truth.told) {
    truth.end = std::max(truth.end, one.f);
    truth.last = std::max(truth.last, one.i + truth.every);
  }
  truth.stretches = stretches_of(drawn, evidence, probe, truth.end);
  for (const Told& one : truth.told) {
    if (one.level == Class::down || one.unknown || held_up(one, truth)) continue;
    truth.slowest = std::max(truth.slowest, one.f - one.i);
  }
  find_lies(evidence, probe, truth);
  find_holes(probe, truth);
  find_oddities(truth);
  truth.below_nominal = find_below(truth, Class::nominal);
  truth.below_degraded = find_below(truth, Class::degraded);
  return truth;
}

const std::vector<Bad>& below(const Truth& truth, Class level) {
  return level == Class::nominal ? truth.below_nominal : truth.below_degraded;
}

Time latest_answer(const Truth& truth, Class level, When returned) {
  Time latest = returned.high;
  for (const Told& told : truth.told) {
    if (told.i < returned.low - truth.every || is_below(told, level)) continue;
    latest = std::max(latest, told.f);
    if (told.i > returned.high) return latest + millisecond;
  }
  return endless;
}

std::string printed(const Evidence& evidence, const Truth& truth, Class level) {
  const auto in_ms = [](Time time) { return static_cast<double>(time) / millisecond; };
  std::string text = fmt::format("  origin known to {:.3f} ms, record ends at {:.1f} ms\n",
                                 in_ms(evidence.origin.high - evidence.origin.low),
                                 in_ms(truth.end));
  for (const auto& round : evidence.rounds) {
    text += fmt::format("  {} {} commanded {:.1f}-{:.1f}", round.id, round.kind,
                        in_ms(round.command.low), in_ms(round.command.high));
    if (round.healing) {
      text += fmt::format(" healed {:.1f}-{:.1f}", in_ms(round.healing->low),
                          in_ms(round.healing->high));
    }
    text += "\n";
  }
  for (const Bad& bad : below(truth, level)) {
    text += fmt::format("  bad from {:.1f}-{:.1f} to {:.1f}-{:.1f} (surely until {:.1f}), {}{}\n",
                        in_ms(bad.begin.low), in_ms(bad.begin.high), in_ms(bad.end.low),
                        in_ms(bad.end.high), in_ms(bad.surely_until),
                        bad.seen == Seen::yes  ? "seen"
                        : bad.seen == Seen::no ? "unseen"
                                               : "perhaps seen",
                        bad.open ? ", open" : "");
  }
  return text;
}

}  // namespace reprise::real
