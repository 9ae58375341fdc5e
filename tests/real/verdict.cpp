#include "tests/real/verdict.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "tests/support/program.h"

namespace reprise::real {
namespace {

using nlohmann::json;
using ByLaw = std::function<World(Choices&)>;

constexpr int most_worlds = 4'000;

bool allows(const World& world, const std::string& status) {
  if (status == "pass") return world.pass;
  if (status == "fail") return world.fail;
  return status == "inconclusive" && world.inconclusive;
}

bool fits(const World& world, const json& finding) {
  const json& measured = finding.at("measured");
  if (!world.fits || measured.is_null() || finding.at("status") == "inconclusive") return true;
  const json& high = measured.at("high_ns");
  return world.fits(measured.at("low_ns"), high.is_null() ? endless : high.get<Time>(),
                    finding.at("status") == "fail");
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
    Case drill{drawn_, evidence, {}};
    for (const json& watch : drawn_.scenario.at("steady-state")) {
      const std::string probe = watch.at("probe");
      drill.truths[probe] = truth_of(drawn_, evidence, probe);
    }
    hold_reasons(drill);
    hold_truths(drill);
    hold_findings(drill);
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
      } else if (key == "judge.fault-did-not-bite" && may_miss(drill)) {
        held_.expected_void = true;
      } else if (key == "judge.fault-failed" && killed(drill)) {
        held_.expected_void = true;
      } else if (key.starts_with("judge.steady") || key == "judge.fault-not-commanded" ||
                 key == "judge.no-bite") {
        held_.expected_void = true;
      } else {
        violation(fmt::format("unexpected reason: {}", text));
      }
    }
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

  void hold_findings(const Case& drill) {
    std::map<std::string, int> seen;
    for (const json& assertion : drawn_.scenario.at("assertions")) {
      const std::string kind = assertion.begin().key();
      const json& options = assertion.begin().value();
      const int number = ++seen[kind];
      const std::string name = number == 1 ? kind : fmt::format("{}-{}", kind, number);
      hold_one(name, options.dump(), [&](Choices& choices) {
        if (kind == "recovery") return recovery_by_law(drill, options, choices);
        if (kind == "throughout") return throughout_by_law(drill, options, choices);
        if (kind == "never") return never_by_law(drill, options, choices);
        return fallback_by_law(drill, options, choices);
      });
    }
    hold_one("steady-state", "", [&](Choices& choices) { return steady_by_law(drill, choices); });
    hold_one("steady-state-at-the-end", "",
             [&](Choices& choices) { return end_by_law(drill, choices); });
  }

  void hold_one(const std::string& name, const std::string& options, const ByLaw& by_law) {
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
    if (disturbed_) return;
    World any;
    bool allowed = false, fitting = false;
    std::set<std::string> worlds;
    Choices choices;
    int count = 0;
    do {
      const World world = by_law(choices);
      any.pass = any.pass || world.pass;
      any.fail = any.fail || world.fail;
      any.inconclusive = any.inconclusive || world.inconclusive;
      allowed = allowed || allows(world, status);
      fitting = fitting || (allows(world, status) && fits(world, *finding));
      if (worlds.size() < 6) worlds.insert(world.told);
    } while (++count < most_worlds && choices.next());
    ++held_.demands;
    held_.decided += any.pass + any.fail + any.inconclusive == 1 ? 1 : 0;
    for (const auto& world : worlds) {
      if (!world.empty()) held_.told += fmt::format("    a world: {}\n", world);
    }
    if (count == most_worlds) return;
    const bool excused = status == "inconclusive" && (held_.late || held_.expected_void);
    if (!allowed && !excused) {
      violation(fmt::format("{} is {}; by the law:{}{}{}", name, status, any.pass ? " pass" : "",
                            any.fail ? " fail" : "", any.inconclusive ? " inconclusive" : ""));
    } else if (!fitting && !excused) {
      violation(fmt::format("{}: the truth is not inside of {}", name,
                            finding->at("measured").dump()));
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
  bool disturbed_ = false;  // the service was too late for its own script
  Held held_;
};

}  // namespace

Held hold(const Drawn& drawn, const std::filesystem::path& folder, int code) {
  return Holding(drawn, folder, code).take();
}

}  // namespace reprise::real
