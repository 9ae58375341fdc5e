#include <CLI/CLI.hpp>

#include <set>

#include "harness/cli/reporting.h"
#include "harness/cli/secrecy.h"
#include "harness/cli/verbs.h"
#include "harness/cli/vocabulary.h"
#include "harness/judge/findings.h"
#include "harness/judge/judge.h"
#include "harness/judge/options.h"
#include "harness/model/registry.h"
#include "harness/model/speaker.h"

namespace reprise {
namespace {

std::string words(const std::vector<std::string>& list) {
  return fmt::format("{}", fmt::join(list, ", "));
}

// Everything here is English; only the catalogue knows how a predicate is said.
std::string said(const Message& message) {
  const auto* speaker = Registry<Speaker>::find("catalogue");
  REPRISE_REQUIRE(speaker);
  return speaker->say(message.key, message.arguments, "en");
}

std::string expected(const std::string& probe, const Expected& expect) {
  return said({"explain.expected", {{"probe", probe}, {"expect", expected_text(expect)}}});
}

std::string start_of(const Start& start) {
  if (!start.after.empty()) {
    return fmt::format("{} after {} is over", format_duration(start.delay), start.after);
  }
  if (start.when) return "once " + expected(start.when->probe, start.when->expect);
  return fmt::format("at {}", format_duration(start.at));
}

void explain_started(const Plan& plan) {
  const auto copied = plan.system.empty() ? "" : ", on a copy of " + plan.system.string();
  fmt::print("Will be started{}:\n", copied);
  for (const auto& [name, service] : plan.services) {
    const auto how = service.external ? "external at " + service.address + ", left alone"
                                      : fmt::format("{}", fmt::join(service.command, " "));
    fmt::print("  {:<12} {}{}{}\n", name, how, service.after.empty() ? "" : "  after ",
               words(service.after));
  }
  for (const auto& [name, link] : plan.links) {
    fmt::print("  link {}: {} -> {} through the fault proxy ({})\n", name, link.from, link.to,
               link.protocol);
  }
}

void explain_steady(const Scenario& scenario) {
  fmt::print("Must hold before anything is broken, for {}:\n",
             format_duration(scenario.steady_for));
  for (const Watch& watch : scenario.steady_state) {
    fmt::print("  {}\n", expected(watch.probe, watch.expect));
  }
  if (!scenario.abort.empty()) fmt::print("Stops and heals at once, unless:\n");
  for (const Watch& guard : scenario.abort) {
    fmt::print("  {}\n", expected(guard.probe, guard.expect));
  }
}

void explain_left(const Scenario& scenario, const std::string& language) {
  for (const auto& [probe, left] : scenario.leaves) {
    const auto better = left.level == Level::nominal ? "" : " or better";
    fmt::print("May be left {}{} at the end: {}, because: {}\n", level_name(left.level), better,
               probe, left.reason.in(language));
  }
}

void explain_broken(const Scenario& scenario, const Vocabulary& vocabulary) {
  fmt::print("Will be broken:\n");
  for (const FaultSpec& fault : scenario.faults) {
    const auto kind = std::ranges::find(vocabulary.faults, fault.kind, &FaultInfo::name);
    const bool event =
        kind != vocabulary.faults.end() && kind->nature_with(fault.with) == Nature::event;
    const auto end = event           ? "an event: recovery is the system's work"
                     : fault.lasting ? "for " + format_duration(*fault.lasting)
                                     : "until everything is healed";
    const std::string into = fault.into.empty() ? "" : " into " + fault.into;
    fmt::print("  {}: {}{} {} {}, {}{}\n", fault.id, fault.kind, into, fault.with.dump(),
               start_of(fault.start), end,
               fault.times > 1 ? fmt::format(", {} times", fault.times) : "");
  }
  for (const ProcedureRun& run : scenario.procedures) {
    fmt::print("Will be executed and timed: {}, {}\n", run.procedure, start_of(run.start));
  }
}

// What the judge will call the demand, and whatever else is written of it.
std::string demanded(const AssertionSpec& assertion, const Plan& plan, const Scenario& scenario) {
  const auto* kind = Registry<AssertionKind>::find(assertion.kind);
  REPRISE_REQUIRE(kind);
  Record nothing;
  nothing.plan = plan;
  nothing.scenario = scenario;
  const Message statement = kind->judge(assertion, nothing).statement;
  if (statement.key.empty()) return assertion.options.dump();
  std::string more;
  for (const char* name : {"from", "incident", "during", "sustained", "rung", "count",
                           "acknowledged-after-failure", "allow-failed"}) {
    const auto found = assertion.options.find(name);
    if (found == assertion.options.end() || statement.arguments.contains(name)) continue;
    more += fmt::format("{}{} {}", more.empty() ? "  (" : ", ", name,
                        found->is_string() ? found->get<std::string>() : found->dump());
  }
  return said(statement) + (more.empty() ? "" : more + ")");
}

// For how long, and what "back" means, by probe.
void explain_waiting(const Plan& plan, const Scenario& scenario) {
  const auto by_default = [](bool nobody_wrote) { return nobody_wrote ? " (default)" : ""; };
  fmt::print("Waits for recovery at most {}{}. Back is what lasts for:\n",
             format_duration(scenario.patience), by_default(scenario.patience_by_default));
  std::set<std::string> probes;
  for (const Watch& watch : scenario.steady_state) probes.insert(watch.probe);
  for (const AssertionSpec& assertion : scenario.assertions) {
    if (auto probe = text_option(assertion, "probe"); !probe.empty()) probes.insert(probe);
  }
  for (const std::string& probe : probes) {
    fmt::print("  {:<12} {}{}\n", probe, format_duration(sustained_of(probe, scenario, plan)),
               by_default(!scenario.sustained));
  }
  for (const auto& [probe, leaves] : scenario.leaves) {
    fmt::print("Means to leave {} {}: {}\n", probe, level_name(leaves.level),
               leaves.reason.in("en"));
  }
}

void explain_measured(const Plan& plan, const Scenario& scenario) {
  fmt::print("Will be measured:\n");
  if (const auto& compress = scenario.compress) {
    fmt::print(
        "  time is compressed: a backup every {} stands for one every {}, and how far a loss may\n"
        "  reach back is {} times shorter; probe {} shows that they come no more often\n",
        format_duration(compress->drilled()), format_duration(compress->period), compress->times,
        compress->probe);
  }
  const auto used = scenario.ledgers_used();
  for (const auto& [name, ledger] : plan.ledgers) {
    if (!used.contains(name)) continue;
    fmt::print("  ledger {}: a write every {} by {} ({}), read back at the end ({})\n", name,
               format_duration(ledger.write.every),
               ledger.clients == 1 ? "one client" : fmt::format("{} clients", ledger.clients),
               ledger.write.kind, ledger.read);
  }
  for (const AssertionSpec& assertion : scenario.assertions) {
    fmt::print("  {}: {}{}\n", assertion.name, demanded(assertion, plan, scenario),
               assertion.known ? "  (known deficiency " + assertion.known->finding + ")" : "");
  }
  explain_waiting(plan, scenario);
  fmt::print(
      "Will be undone: every fault above, newest first; every process started; the copy of the\n"
      "system. The undo log is kept in the state folder until that is done.\n");
}

int explain(const std::vector<std::string>& given, const std::string& language) {
  std::vector<std::filesystem::path> paths;
  std::vector<std::string> names;
  divide_words(given, paths, names);
  auto plans = load_or_tell(paths);
  if (!plans || !select_scenarios(*plans, names, {})) return 2;
  tell_warnings(*plans);
  const Vocabulary vocabulary = linked_vocabulary();
  const Redaction redaction = redaction_of(*plans);
  for (const LoadedPlan& loaded : *plans) {
    const auto shown = without_secrets(loaded, redaction);
    if (!shown) {
      complain(redaction, shown.error().text());
      return 2;
    }
    for (const Scenario& scenario : shown->scenarios) {
      fmt::print("{}/{}  {}\n", shown->plan.name, scenario.name, scenario.title.in(language));
      explain_started(shown->plan);
      explain_steady(scenario);
      explain_broken(scenario, vocabulary);
      explain_left(scenario, language);
      explain_measured(shown->plan, scenario);
      fmt::print("\n");
    }
  }
  return 0;
}

}  // namespace

void add_explain(CLI::App& app, int& code) {
  auto* verb = app.add_subcommand(
      "explain", "Tell what a scenario starts, breaks, measures and undoes, without doing it");
  auto given = std::make_shared<std::vector<std::string>>();
  auto language = std::make_shared<std::string>();
  verb->add_option("scenario", *given, "A plan folder and names of scenarios, or a scenario file")
      ->required();
  verb->add_option("--lang", *language, "Language of the titles")
      ->check(CLI::IsMember({"en", "fr"}));
  verb->footer("Example:\n  reprise explain scenarios/sp-e weather-api-500");
  verb->callback([=, &code] { code = explain(*given, choose_language(*language)); });
}

}  // namespace reprise
