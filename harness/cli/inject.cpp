#include <CLI/CLI.hpp>

#include <iterator>
#include <set>

#include <unistd.h>

#include "harness/cli/conductor.h"
#include "harness/cli/jobs.h"
#include "harness/cli/reporting.h"
#include "harness/cli/secrecy.h"
#include "harness/cli/targets.h"
#include "harness/cli/verbs.h"
#include "harness/cli/vocabulary.h"
#include "harness/engine/injector.h"
#include "harness/engine/targets/target_kind.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

struct InjectOptions {
  std::string plan;
  std::string fault;
  std::vector<std::string> with;
  std::set<std::string> allowed;  // targets elsewhere
  std::string lasting = "60s";
  std::string out = "out/rehearsal";
  std::string language;
  bool plain = false;
};

// `status=500` as JSON: a number, true or false where it reads as one, else text.
Result<nlohmann::json> read_options(const std::vector<std::string>& assignments) {
  auto options = nlohmann::json::object();
  for (const std::string& assignment : assignments) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos) {
      return failure("--with {}: expected NAME=VALUE, as status=500", assignment);
    }
    const std::string value = assignment.substr(equals + 1);
    auto parsed = nlohmann::json::parse(value, nullptr, /*allow_exceptions=*/false);
    options[assignment.substr(0, equals)] = parsed.is_discarded() ? nlohmann::json(value) : parsed;
  }
  return options;
}

bool is_target(const Plan& plan, const std::string& kind, const std::string& name) {
  const TargetKind* target = Registry<TargetKind>::find(kind);
  return target ? target->exists(plan, name) : name.empty();
}

// FAULT is the id of a fault in one of the plan's scenarios, or KIND:TARGET.
Result<FaultSpec> find_fault(const LoadedPlan& loaded, const InjectOptions& options) {
  const auto colon = options.fault.find(':');
  if (colon == std::string::npos) {
    for (const Scenario& scenario : loaded.scenarios) {
      const auto found = std::ranges::find(scenario.faults, options.fault, &FaultSpec::id);
      if (found != scenario.faults.end()) return *found;
    }
  }
  FaultSpec fault;
  fault.kind = options.fault.substr(0, colon);
  fault.id = fault.kind;
  if (colon != std::string::npos) fault.into = options.fault.substr(colon + 1);
  const FaultKind* kind = Registry<FaultKind>::find(fault.kind);
  if (!kind) {
    return failure("{} is neither a fault's id in {} nor a kind of fault (see `reprise list`)",
                   fault.kind, loaded.plan.name);
  }
  const auto service = loaded.plan.services.find(fault.into);
  if (service != loaded.plan.services.end() && service->second.external &&
      !service->second.target && kind->target == Target::service) {
    return std::unexpected(Error{fmt::format("the service '{}' is external", fault.into),
                                 "it is not broken unless the plan says target: true",
                                 service->second.where});
  }
  if (!is_target(loaded.plan, kind->target, fault.into)) {
    return failure(
        "{} is not a {} that this plan lists: write KIND:TARGET, as "
        "http_status:server-to-weather",
        fault.into.empty() ? "nothing" : fault.into,
        kind->target.empty() ? "target" : kind->target);
  }
  auto with = read_options(options.with);
  if (!with) return std::unexpected(with.error());
  const Errors wrong = kind->options.check(*with);
  if (!wrong.empty()) return std::unexpected(wrong.front());
  fault.with = std::move(*with);
  return fault;
}

// Looks at every probe that has service levels or is in a steady state of the plan. A guard that
// cannot fail has a probe looked at, and demands nothing of it.
void show_probes(const std::vector<Scenario>& scenarios, nlohmann::json& rehearsed) {
  std::set<std::string> shown;
  for (const Scenario& scenario : scenarios) {
    const auto levels = scenario.resolved.value("levels", nlohmann::json::object());
    for (const auto& [probe, by_level] : levels.items()) {
      rehearsed["levels"].emplace(probe, by_level);  // unless the rehearsed scenario has its own
      shown.insert(probe);
    }
    for (const Watch& watch : scenario.steady_state) shown.insert(watch.probe);
  }
  for (const std::string& probe : shown) {
    rehearsed["abort"].push_back({{"probe", probe}, {"expect", {{"outcome", {{"exists", true}}}}}});
  }
}

// The first scenario of the plan with that fault alone and nothing to judge: its steady state says
// when the system is up.
Result<Scenario> rehearsal(const LoadedPlan& loaded, const FaultSpec& fault,
                           const std::string& lasting) {
  if (loaded.scenarios.empty()) {
    return failure("{} has no scenario; one tells what its steady state is", loaded.plan.name);
  }
  nlohmann::json scenario = loaded.scenarios.front().resolved;
  scenario["scenario"] = "rehearsal";
  scenario["title"] = nlohmann::json::object();
  scenario["hold"] = lasting;
  scenario["repeat"] = 1;
  for (const char* emptied : {"abort", "assertions", "covers", "procedures", "tags"}) {
    scenario[emptied] = nlohmann::json::array();
  }
  scenario["faults"] = {{{"id", fault.id},
                         {"inject", fault.kind},
                         {"into", fault.into},
                         {"with", fault.with},
                         {"at", "0s"},
                         {"for", lasting}}};
  show_probes(loaded.scenarios, scenario);
  return decode_scenario(scenario);
}

// The plan as the scenario of that fault has it comes first.
void choose_variant(std::vector<LoadedPlan>& plans, const std::string& fault) {
  const auto has_fault = [&](const Scenario& scenario) {
    return std::ranges::find(scenario.faults, fault, &FaultSpec::id) != scenario.faults.end();
  };
  const auto found = std::ranges::find_if(plans, [&](const LoadedPlan& loaded) {
    return std::ranges::any_of(loaded.scenarios, has_fault);
  });
  if (found != plans.end()) std::swap(plans.front(), *found);
}

// What `run` would find in the plan's files: the fault's scenario stands alone, and what the
// command line gives it may hold secrets as well.
std::optional<Redaction> prepare(std::vector<LoadedPlan>& plans, const InjectOptions& options) {
  choose_variant(plans, options.fault);
  LoadedPlan& loaded = plans.front();
  auto fault = find_fault(loaded, options);
  if (fault) {
    auto given = secrets_in(fault->with, "command line");
    std::ranges::move(given, std::back_inserter(loaded.secrets));
  }
  Redaction redaction = redaction_of(plans);
  auto lasting = parse_duration(options.lasting);
  Result<Scenario> scenario = failure("nothing to rehearse");
  if (!fault) {
    scenario = std::unexpected(fault.error());
  } else if (!lasting) {
    scenario = std::unexpected(lasting.error());
  } else {
    scenario = rehearsal(loaded, *fault, options.lasting);
  }
  if (!scenario) {
    complain(redaction, scenario.error().text());
    return std::nullopt;
  }
  loaded.scenarios = {std::move(*scenario)};
  plans.resize(1);
  if (!secrets_can_be_kept(plans, redaction)) return std::nullopt;
  if (!targets_are_allowed(plans, options.allowed, redaction)) return std::nullopt;
  return redaction;
}

bool was_in_place(const Record& record) {
  return std::ranges::any_of(record.faults, [](const FaultRecord& fault) {
    return fault.armed.has_value() && fault.failed.empty();
  });
}

int rehearsal_code(const Conducted& conducted, const Redaction& redaction) {
  if (const auto decided = conducted.exit_code()) return *decided;
  const Record& record = conducted.run.drills.front().record;
  // Why is said by the drill's last line, in the reader's language.
  if (!was_in_place(record)) {
    const std::string& fault = record.scenario.faults.front().id;
    complain(redaction, fmt::format("{} was never in place: nothing was rehearsed", fault));
    return 3;
  }
  if (record.outcome == "completed") return 0;
  complain(redaction, "the rehearsal did not come to its end");
  return 3;
}

int inject(const InjectOptions& options) {
  auto plans = load_or_tell({options.plan});
  if (!plans) return 2;
  const auto redaction = prepare(*plans, options);
  if (!redaction) return 2;
  if (!nothing_left_behind()) return 4;
  JobOptions job_options;
  job_options.out = options.out;
  job_options.seed = random_seed();
  job_options.command = "reprise inject";
  job_options.attended = ::isatty(STDIN_FILENO) == 1;
  job_options.rehearsal = true;
  const auto out = claim_out(*plans, options.out);
  auto jobs = out ? make_jobs(*plans, job_options, *redaction) : std::unexpected(out.error());
  if (!jobs) {
    complain(*redaction, jobs.error().text());
    return 2;
  }
  if (job_options.attended) fmt::print("Enter heals; so does the end of {}.\n", options.lasting);
  const auto view = make_view(choose_language(options.language), options.plain);
  return rehearsal_code(conduct(*jobs, {}, *view), *redaction);
}

}  // namespace

void add_inject(CLI::App& app, int& code) {
  auto* verb =
      app.add_subcommand("inject", "Rehearse one failure: start the system, break it, watch, heal");
  auto options = std::make_shared<InjectOptions>();
  verb->add_option("plan", options->plan, "The plan's folder")->required();
  verb->add_option("fault", options->fault, "A fault's id in the plan's scenarios, or KIND:TARGET")
      ->required();
  verb->add_option("--with", options->with, "An option of the fault, NAME=VALUE; may be repeated");
  verb->add_option("--for", options->lasting, "Heals by itself after so long")
      ->capture_default_str();
  verb->add_option("--out", options->out, "Folder of the journal")->capture_default_str();
  verb->add_option("--lang", options->language, "Language of the messages")
      ->check(CLI::IsMember({"en", "fr"}));
  add_allow_target(*verb, options->allowed);
  verb->add_flag("--plain", options->plain, "Plain lines, also at a terminal");
  verb->footer(
      "Examples:\n"
      "  reprise inject scenarios/sp-e network_cut:server-to-weather --for 60s\n"
      "  reprise inject scenarios/sp-e http_status:server-to-weather --with status=503\n"
      "At a terminal, Enter heals. Nothing is judged: the exit code is 0 once all is undone,\n"
      "and 3 when the fault was never in place or the drill did not come to its end.");
  verb->callback([options, &code] { code = inject(*options); });
}

}  // namespace reprise
