#include "harness/cli/vocabulary.h"

#include <boost/asio/io_context.hpp>

#include "harness/engine/drill/step.h"
#include "harness/engine/injector.h"
#include "harness/engine/site/bare_surroundings.h"
#include "harness/judge/judge.h"
#include "harness/model/registry.h"
#include "harness/model/wording.h"
#include "harness/observe/ledger_reader.h"
#include "harness/observe/probe.h"

namespace reprise {

Vocabulary linked_vocabulary() {
  Vocabulary vocabulary;
  for (const auto* kind : Registry<FaultKind>::all()) vocabulary.faults.push_back(*kind);
  for (const auto* kind : Registry<ProbeKind>::all()) vocabulary.probes.push_back(*kind);
  for (const auto* kind : Registry<StepKind>::all()) vocabulary.steps.push_back(*kind);
  for (const auto* kind : Registry<ReaderKind>::all()) vocabulary.readers.push_back(*kind);
  for (const auto* kind : Registry<AssertionKind>::all()) vocabulary.assertions.push_back(*kind);
  return vocabulary;
}

namespace {

// Options that fit their shapes and not each other: only the fault itself can tell.
Errors faults_that_cannot_be(const std::vector<LoadedPlan>& plans) {
  const BareSurroundings nothing_runs({});
  Errors errors;
  for (const LoadedPlan& loaded : plans) {
    for (const Scenario& scenario : loaded.scenarios) {
      for (const FaultSpec& fault : scenario.faults) {
        const auto made = Registry<FaultKind>::find(fault.kind)->make(fault, nothing_runs);
        if (made) continue;
        const auto what = fmt::format("{}: {}", fault.kind, made.error().what);
        errors.push_back({what, made.error().remedy, fault.where});
      }
    }
  }
  return errors;
}

// The same of probes, also of those that a service is ready by or a ledger writes with.
Errors probes_that_cannot_be(const std::vector<LoadedPlan>& plans) {
  const BareSurroundings nothing_runs({});
  boost::asio::io_context never_run;
  BlockingPool nobody(0);
  const ProbeContext context{never_run.get_executor(), nothing_runs, nobody};
  Errors errors;
  const auto make = [&](const ProbeSpec& probe, const Location& where) {
    const auto made = Registry<ProbeKind>::find(probe.kind)->make(probe, context);
    if (made) return;
    const auto what = fmt::format("{}: {}", probe.kind, made.error().what);
    errors.push_back({what, made.error().remedy, where});
  };
  for (const LoadedPlan& loaded : plans) {
    for (const auto& [name, probe] : loaded.plan.probes) make(probe, probe.where);
    for (const auto& [name, service] : loaded.plan.services) {
      if (service.ready) make(*service.ready, service.where);
    }
    for (const auto& [name, ledger] : loaded.plan.ledgers) {
      make(ledger.write, ledger.where);
      const auto read = Registry<ReaderKind>::find(ledger.read)->make(ledger.read_options, context);
      if (read) continue;
      const auto what = fmt::format("read {}: {}", ledger.read, read.error().what);
      errors.push_back({what, read.error().remedy, ledger.where});
    }
  }
  return errors;
}

// Tells the first word that is not among those known: "no scenario is called wheather (…)".
bool all_known(const std::vector<std::string>& words, const std::vector<std::string>& known,
               std::string_view otherwise) {
  for (const std::string& word : words) {
    if (std::ranges::find(known, word) != known.end()) continue;
    const std::string near = nearest(word, known);
    fmt::print(stderr, "reprise: {} {}{}\n", otherwise, word,
               near.empty() ? "" : fmt::format(" (did you mean {}?)", near));
    return false;
  }
  return true;
}

}  // namespace

std::optional<std::vector<LoadedPlan>> load_or_tell(
    const std::vector<std::filesystem::path>& paths) {
  auto plans = load(paths, linked_vocabulary());
  Errors errors = plans ? faults_that_cannot_be(*plans) : plans.error();
  if (plans) std::ranges::move(probes_that_cannot_be(*plans), std::back_inserter(errors));
  for (const Error& error : errors) fmt::print(stderr, "{}\n", error.text());
  if (!errors.empty()) return std::nullopt;
  return std::move(*plans);
}

void tell_warnings(const std::vector<LoadedPlan>& plans) {
  for (const LoadedPlan& loaded : plans) {
    for (const Error& warning : loaded.warnings) {
      fmt::print(stderr, "warning: {}\n", warning.text());
    }
  }
}

bool select_scenarios(std::vector<LoadedPlan>& plans, const std::vector<std::string>& names,
                      const std::vector<std::string>& tags) {
  std::vector<std::string> known_names, known_tags;
  for (const LoadedPlan& loaded : plans) {
    for (const Scenario& scenario : loaded.scenarios) {
      known_names.push_back(scenario.name);
      std::ranges::copy(scenario.tags, std::back_inserter(known_tags));
    }
  }
  if (!all_known(names, known_names, "no scenario is called")) return false;
  if (!all_known(tags, known_tags, "no scenario has the tag")) return false;
  std::size_t kept = 0;
  for (LoadedPlan& loaded : plans) {
    std::erase_if(loaded.scenarios, [&](const Scenario& scenario) {
      const bool named = names.empty() || std::ranges::find(names, scenario.name) != names.end();
      const bool tagged = tags.empty() || std::ranges::any_of(scenario.tags, [&](const auto& tag) {
                            return std::ranges::find(tags, tag) != tags.end();
                          });
      return !named || !tagged;
    });
    kept += loaded.scenarios.size();
  }
  if (kept > 0) return true;
  fmt::print(stderr,
             "reprise: no scenario is left to run (see `reprise list` for names and tags)\n");
  return false;
}

void divide_words(const std::vector<std::string>& words, std::vector<std::filesystem::path>& paths,
                  std::vector<std::string>& names) {
  for (const std::string& word : words) {
    // The first word is always a path, so that a mistyped one is told as such.
    const bool path =
        paths.empty() || word.find('/') != std::string::npos || std::filesystem::exists(word);
    if (path) {
      paths.emplace_back(word);
    } else {
      names.push_back(word);
    }
  }
}

}  // namespace reprise
