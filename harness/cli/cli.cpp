#include "harness/cli/cli.h"

#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

// Of an unknown verb CLI11 would only say that a verb is missing. `word` is the command line's
// first, null when it has none.
Result<void> check_verb(CLI::App& app, const char* word) {
  if (!word || *word == '-') return {};
  std::vector<std::string> verbs;
  for (const CLI::App* verb : app.get_subcommands({})) verbs.push_back(verb->get_name());
  if (std::ranges::find(verbs, word) != verbs.end()) return {};
  return std::unexpected(
      Error{fmt::format("there is no verb {}", in_quotes(word)), suggestion(word, verbs), {}});
}

}  // namespace

int run_command_line(int count, char** words) {
  CLI::App app(
      "Breaks a real system the way its recovery plan fears, and measures whether the plan holds.",
      "reprise");
  app.set_version_flag("--version", REPRISE_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  reprise check scenarios/sp-e             is the plan sound?\n"
      "  reprise explain scenarios/sp-e weather-api-500\n"
      "  reprise run scenarios/sp-e --out out     drill it; open out/report.html\n"
      "  reprise inject scenarios/sp-e http_status:server-to-weather --with status=500 --for 60s\n"
      "\n"
      "Exit codes: 0 pass, 1 an objective missed, 2 unusable arguments or files, 3 inconclusive,\n"
      "4 something could not be undone, 130/143 interrupted (after undoing).");
  int code = 0;
  add_run(app, code);
  add_inject(app, code);
  add_check(app, code);
  add_explain(app, code);
  add_list(app, code);
  add_schema(app, code);
  add_report(app, code);
  add_undo(app, code);
  add_doctor(app, code);
  if (auto checked = check_verb(app, count > 1 ? words[1] : nullptr); !checked) {
    fmt::print(stderr, "reprise: {}\n", checked.error().text());
    return 2;
  }
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return code;
}

}  // namespace reprise
