#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/cli/vocabulary.h"

namespace reprise {

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
    for (const LoadedPlan& loaded : *plans) {
      fmt::print("{}: {} scenarios, {} risks, no problem\n", loaded.plan.name,
                 loaded.scenarios.size(), loaded.plan.risks.size());
      for (const Error& missing : loaded.missing) fmt::print("  {}\n", missing.text());
    }
  });
}

}  // namespace reprise
