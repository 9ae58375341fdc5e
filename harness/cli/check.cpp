#include <algorithm>

#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/cli/vocabulary.h"

namespace reprise {
namespace {

std::string counted(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

void add_check(CLI::App& app, int& code) {
  auto* verb = app.add_subcommand("check", "Check plans and scenarios without starting anything");
  auto paths = std::make_shared<std::vector<std::filesystem::path>>();
  verb->add_option("path", *paths, "Plan folders, scenario files or folders of plans")->required();
  verb->footer(
      "Example:\n"
      "  reprise check scenarios/sp-e\n"
      "Every problem is told as file:line:column, and the exit code is 2.");
  verb->callback([paths, &code] {
    const auto plans = load_or_tell(*paths);
    code = plans ? 0 : 2;
    if (!plans) return;
    tell_warnings(*plans);
    for (auto first = plans->begin(); first != plans->end();) {
      // Those of one plan stand together.
      const auto next = std::find_if(first, plans->end(), [&](const LoadedPlan& loaded) {
        return loaded.plan.name != first->plan.name;
      });
      std::size_t scenarios = 0;
      for (auto variant = first; variant != next; ++variant) scenarios += variant->scenarios.size();
      fmt::print("{}: {}, {}, no problem\n", first->plan.name, counted(scenarios, "scenario"),
                 counted(first->plan.risks.size(), "risk"));
      for (const Error& missing : first->missing) fmt::print("  {}\n", missing.text());
      first = next;
    }
  });
}

}  // namespace reprise
