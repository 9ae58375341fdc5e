#include "tests/real/verdict.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "tests/support/program.h"

namespace reprise::real {
namespace {

using nlohmann::json;
using ByLaw = std::function<World(const Case&, Choices&)>;

constexpr int most_worlds = 4'000;

bool fits(const World& world, const json& finding) {
  const json& measured = finding.at("measured");
  const std::string status = finding.at("status");
  if (status == "inconclusive") return true;
  if (status == "pass" ? !world.pass : !world.fail) return false;
  if (!world.fits || measured.is_null()) return true;
  const json& high = measured.at("high_ns");
  return world.fits(measured.at("low_ns"), high.is_null() ? endless : high.get<Time>(),
                    status == "fail");
}

class Holding {
 public:
  Holding(const Drawn& drawn, const std::filesystem::path& folder, int code)
      : drawn_(drawn), code_(code), folder_(folder) {}

  Held take() {
    const auto summary = json::parse(testing::read_file(folder_ / "out/summary.json"), nullptr,
                                     /*allow_exceptions=*/false);
    if (!summary.is_object()) {
      held_.violations.push_back(fmt::format("no summary; exit code {}", code_));
      return std::move(held_);
    }
    drill_ = summary.at("drills").at(0);
    held_.status = drill_.at("status");
    const Evidence evidence = read_evidence(folder_ / "out" / drill_.at("journal"),
                                            folder_ / "truth.jsonl");
    if (!evidence.unusable.empty()) {
      held_.violations.push_back(evidence.unusable);
      return std::move(held_);
    }
    Case drill{drawn_, evidence, {}}, worse = drill;
    for (const json& watch : drawn_.scenario.at("steady-state")) {
      const std::string probe = watch.at("probe");
      drill.truths[probe] = truth_of(drawn_, evidence, probe, Filling::good);
      worse.truths[probe] = truth_of(drawn_, evidence, probe, Filling::bad);
      unknown_ = unknown_ || drill.truths[probe].unknown;
    }
    hold_reasons(drill);
    hold_truths(drill);
    hold_findings(drill, worse);
    hold_status();
    return std::move(held_);
  }

 private:
  void violation(const std::string& what) { held_.violations.push_back(what); }

  void hold_truths(const Case& drill) {
    for (const auto& [probe, truth] : drill.truths) {
      for (const auto& lie : truth.lies) violation(lie);
      for (const auto& odd : truth.odd) {
        held_.late = disturbed_ = true;
        held_.told += fmt::format("  not of the script: {}: {}\n", probe, odd);
      }
      held_.told += fmt::format("{} below nominal:\n{}", probe,
                                printed(drill.evidence, truth, Class::nominal));
    }
  }

  // Why the drill as a whole is inconclusive.
  void hold_reasons(const Case& drill) {
    for (const json& reason : drill_.at("reasons")) {
      const std::string key = reason.at("key"), text = reason.at("text");
      held_.told += fmt::format("  reason {}: {}\n", key, text);
      if (key.starts_with("judge.observer-late")) {
        held_.late = true;
      } else if (key == "judge.torn") {
        // Without a sign of life for five seconds the guardian ends a drill.
        held_.late = disturbed_ = true;
      } else if (key == "judge.fault-did-not-bite" && may_miss(drill)) {
        held_.expected_void = true;
      } else if (key == "judge.fault-failed" && killed(drill)) {
        held_.expected_void = true;
      } else if (key.starts_with("judge.steady") || key == "judge.fault-not-commanded" ||
                 key == "judge.no-bite") {
        // Without a reason of the script's, the machine was too busy.
        (unwell_before(drill) ? held_.expected_void : held_.late) = true;
      } else {
        violation(fmt::format("unexpected reason: {}", text));
      }
    }
  }

  static bool unwell_before(const Case& drill) {
    const auto& rounds = drill.evidence.rounds;
    const Time command = rounds.empty() ? endless : rounds.front().command.high;
    return std::ranges::any_of(drill.truths, [&](const auto& truth) {
      const auto& bad = below(truth.second, Class::nominal);
      return !bad.empty() && bad.front().begin.low < command;
    });
  }

  static bool killed(const Case& drill) {
    return std::ranges::any_of(drill.evidence.rounds, [](const Round& round) {
      return round.kind == "process_kill" || round.kind == "process_pause";
    });
  }

  // A short condition may meet nobody; so may one of a service that did not answer.
  static bool may_miss(const Case& drill) {
    const auto unwell = below(drill.truths.at("page"), Class::nominal);
    return std::ranges::any_of(drill.evidence.rounds, [&](const Round& round) {
      if (round.bit || !round.condition || !round.healing) return false;
      if (round.healing->low - round.command.high < 150 * millisecond) return true;
      return std::ranges::any_of(unwell, [&](const Bad& bad) {
        return bad.begin.low < round.healing->high && bad.end.high > round.command.low;
      });
    });
  }

  void hold_findings(const Case& drill, const Case& worse) {
    std::map<std::string, int> seen;
    for (const json& assertion : drawn_.scenario.at("assertions")) {
      const std::string kind = assertion.begin().key();
      const json& options = assertion.begin().value();
      const int number = ++seen[kind];
      const std::string name = number == 1 ? kind : fmt::format("{}-{}", kind, number);
      const auto by_law = [&](const Case& one, Choices& choices) {
        if (kind == "recovery") return recovery_by_law(one, options, choices);
        if (kind == "throughout") return throughout_by_law(one, options, choices);
        if (kind == "never") return never_by_law(one, options, choices);
        return fallback_by_law(one, options, choices);
      };
      hold_one(name, options.dump(), drill, worse, by_law);
    }
    hold_one("steady-state", "", drill, worse, steady_by_law);
    hold_one("steady-state-at-the-end", "", drill, worse, end_by_law);
  }

  void hold_one(const std::string& name, const std::string& options, const Case& drill,
                const Case& worse, const ByLaw& by_law) {
    const json* finding = nullptr;
    for (const json& one : drill_.at("findings")) {
      if (one.at("name") == name) finding = &one;
    }
    const bool commanded = drill_.at("findings").at(0).at("status") == "pass";
    if (!finding) {
      if (commanded) violation("no finding " + name);
      return;
    }
    const std::string status = finding->at("status");
    held_.told += fmt::format("{} {}: {}: {}\n", name, options, status,
                              finding->at("seen").at("text").get<std::string>());
    if (!commanded && name != "steady-state") return;  // nothing was broken: nothing to hold
    if (disturbed_ || drill.evidence.rounds.empty()) return;
    Lawful lawful = all_worlds(drill, by_law, *finding);
    if (unknown_) {
      // A pass must hold, and a miss be one, however the unknown is filled.
      const Lawful other = all_worlds(worse, by_law, *finding);
      lawful = {lawful.pass && other.pass, lawful.fail && other.fail, true, true,
                lawful.exhausted || other.exhausted};
    }
    if (!lawful.exhausted) compare(name, *finding, lawful);
  }

  // What the law allows in any world, and whether one fits what was measured.
  struct Lawful {
    bool pass = false, fail = false, inconclusive = false, fitting = false;
    bool exhausted = false;  // too many worlds to look at
    [[nodiscard]] bool allows(const std::string& status) const {
      if (status == "pass") return pass;
      return status == "fail" ? fail : inconclusive;
    }
  };

  Lawful all_worlds(const Case& drill, const ByLaw& by_law, const json& finding) {
    Lawful lawful;
    std::set<std::string> told;
    Choices choices;
    int count = 0;
    do {
      const World world = by_law(drill, choices);
      lawful.pass = lawful.pass || world.pass;
      lawful.fail = lawful.fail || world.fail;
      lawful.inconclusive = lawful.inconclusive || world.inconclusive;
      lawful.fitting = lawful.fitting || fits(world, finding);
      if (told.size() < 6) told.insert(world.told);
    } while (++count < most_worlds && choices.next());
    lawful.exhausted = count == most_worlds;
    for (const auto& world : told) {
      if (!world.empty()) held_.told += fmt::format("    a world: {}\n", world);
    }
    return lawful;
  }

  void compare(const std::string& name, const json& finding, const Lawful& lawful) {
    ++held_.demands;
    held_.decided += lawful.pass + lawful.fail + lawful.inconclusive == 1 ? 1 : 0;
    const std::string status = finding.at("status");
    if (status == "inconclusive" && (held_.late || held_.expected_void)) return;
    if (!lawful.allows(status)) {
      violation(fmt::format("{} is {}; by the law:{}{}{}", name, status,
                            lawful.pass ? " pass" : "", lawful.fail ? " fail" : "",
                            lawful.inconclusive ? " inconclusive" : ""));
    } else if (!lawful.fitting) {
      violation(fmt::format("{}: the truth is not inside of {}", name,
                            finding.at("measured").dump()));
    }
  }

  void hold_status() {
    bool failed = false, open = !drill_.at("reasons").empty();
    for (const json& finding : drill_.at("findings")) {
      failed = failed || finding.at("status") == "fail";
      open = open || finding.at("status") == "inconclusive";
    }
    const bool steady = drill_.at("findings").at(0).at("status") == "pass";
    const std::string status = !steady ? "inconclusive" : failed ? "fail" : open ? "inconclusive"
                                                                                 : "pass";
    const int code = status == "pass" ? 0 : status == "fail" ? 1 : 3;
    if (held_.status != status || code_ != code) {
      violation(fmt::format("the drill is {} with exit code {}, by its findings {}", held_.status,
                            code_, status));
    }
    if (!drill_.at("clean")) violation("not clean: " + drill_.at("residue").dump());
  }

  const Drawn& drawn_;
  int code_;
  std::filesystem::path folder_;
  json drill_;
  bool unknown_ = false;    // something was filled
  bool disturbed_ = false;  // the service was too late for its own script
  Held held_;
};

}  // namespace

Held hold(const Drawn& drawn, const std::filesystem::path& folder, int code) {
  return Holding(drawn, folder, code).take();
}

}  // namespace reprise::real
