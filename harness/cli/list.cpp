#include <CLI/CLI.hpp>

#include "harness/cli/reporting.h"
#include "harness/cli/secrecy.h"
#include "harness/cli/verbs.h"
#include "harness/cli/vocabulary.h"

namespace reprise {
namespace {

template <class Kinds>
nlohmann::json described(const Kinds& kinds) {
  auto list = nlohmann::json::array();
  for (const KindInfo& kind : kinds) {
    auto options = nlohmann::json::array();
    for (const Shape::Field& field : kind.options.fields()) {
      options.push_back({{"name", field.name},
                         {"shape", field.shape.summary()},
                         {"required", field.need == Shape::Field::Need::required},
                         {"doc", field.doc}});
    }
    list.push_back({{"name", kind.name},
                    {"summary", kind.summary},
                    {"options", options},
                    {"example", kind.example}});
  }
  return list;
}

nlohmann::json kinds() {
  const Vocabulary vocabulary = linked_vocabulary();
  nlohmann::json all{{"faults", described(vocabulary.faults)},
                     {"probes", described(vocabulary.probes)},
                     {"steps", described(vocabulary.steps)},
                     {"readers", described(vocabulary.readers)},
                     {"assertions", described(vocabulary.assertions)}};
  for (std::size_t i = 0; i < vocabulary.faults.size(); ++i) {
    const FaultInfo& fault = vocabulary.faults[i];
    all["faults"][i]["into"] = fault.target.empty() ? "none" : fault.target;
    all["faults"][i]["variants"] = fault.variants;
    all["faults"][i]["nature"] = fault.nature == Nature::condition ? "condition" : "event";
  }
  return all;
}

void print_kinds(const nlohmann::json& all) {
  for (const auto& [group, list] : all.items()) {
    fmt::print("{}\n", group);
    for (const auto& kind : list) {
      fmt::print("  {:<22} {}\n", kind.at("name").get<std::string>(),
                 kind.at("summary").get<std::string>());
      for (const auto& option : kind.at("options")) {
        fmt::print("    {:<16} {}{}. {}\n", option.at("name").get<std::string>(),
                   option.at("shape").get<std::string>(),
                   option.at("required").get<bool>() ? ", required" : "",
                   option.at("doc").get<std::string>());
      }
    }
  }
}

nlohmann::json plans_and_scenarios(const std::vector<LoadedPlan>& plans,
                                   const std::string& language) {
  auto list = nlohmann::json::array();
  for (const LoadedPlan& loaded : plans) {
    auto scenarios = nlohmann::json::array();
    for (const Scenario& scenario : loaded.scenarios) {
      scenarios.push_back({{"name", scenario.name},
                           {"title", scenario.title.in(language)},
                           {"covers", scenario.covers},
                           {"tags", scenario.tags}});
    }
    // A plan whose variables its scenarios change comes several times.
    if (!list.empty() && list.back().at("plan") == loaded.plan.name) {
      auto& known = list.back().at("scenarios");
      known.insert(known.end(), scenarios.begin(), scenarios.end());
      continue;
    }
    list.push_back({{"plan", loaded.plan.name},
                    {"title", loaded.plan.title.in(language)},
                    {"scenarios", scenarios}});
  }
  return list;
}

void print_scenarios(const nlohmann::json& plans) {
  for (const auto& plan : plans) {
    fmt::print("{}  {}\n", plan.at("plan").get<std::string>(), plan.at("title").get<std::string>());
    for (const auto& scenario : plan.at("scenarios")) {
      std::string tags;
      for (const auto& tag : scenario.at("tags")) tags += " #" + tag.get<std::string>();
      fmt::print("  {:<32} {}{}\n", scenario.at("name").get<std::string>(),
                 scenario.at("title").get<std::string>(), tags);
    }
  }
}

}  // namespace

void add_list(CLI::App& app, int& code) {
  auto* verb =
      app.add_subcommand("list", "List scenarios, or every fault, probe, reader, step, assertion");
  auto paths = std::make_shared<std::vector<std::filesystem::path>>();
  auto json = std::make_shared<bool>(false);
  auto language = std::make_shared<std::string>();
  verb->add_option("path", *paths, "Plans whose scenarios to list; none: the kinds");
  verb->add_flag("--json", *json, "For programs");
  verb->add_option("--lang", *language, "Language of the titles")
      ->check(CLI::IsMember({"en", "fr"}));
  verb->footer("Examples:\n  reprise list scenarios\n  reprise list --json");
  verb->callback([=, &code] {
    if (paths->empty()) {
      const auto all = kinds();
      *json ? fmt::print("{}\n", all.dump(2)) : print_kinds(all);
      return;
    }
    const auto plans = load_or_tell(*paths);
    code = plans ? 0 : 2;
    if (!plans) return;
    auto list = plans_and_scenarios(*plans, choose_language(*language));
    redaction_of(*plans).hide_in(list);
    *json ? fmt::print("{}\n", list.dump(2)) : print_scenarios(list);
  });
}

}  // namespace reprise
