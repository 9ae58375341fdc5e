#include <CLI/CLI.hpp>

#include "harness/cli/judged.h"
#include "harness/cli/reporting.h"
#include "harness/cli/verbs.h"
#include "harness/engine/site/out_folder.h"

namespace reprise {
namespace {

struct ReportOptions {
  std::vector<std::filesystem::path> journals;
  std::string out = "out";
  std::string language;
};

int report(const ReportOptions& options) {
  std::vector<Drill> drills;
  for (const auto& path : options.journals) {
    auto drill = read_drill(path);
    if (!drill) {
      fmt::print(stderr, "reprise: {}\n", drill.error().text());
      return 2;
    }
    drills.push_back(std::move(*drill));
  }
  const Run run = in_order(std::move(drills));
  const std::string language = choose_language(options.language);
  const auto out = OutFolder::claim(options.out);
  if (!out) {
    fmt::print(stderr, "reprise: {}\n", out.error().text());
    return 2;
  }
  std::vector<Verdict> verdicts;
  for (const Drill& drill : run.drills) verdicts.push_back(drill.verdict);
  if (auto written = write_reports(run, options.out, language); !written) {
    fmt::print(stderr, "reprise: {}\n", written.error().text());
    return without_reports(exit_code(verdicts));
  }
  make_view(language, true)->run_finished(run, options.out);
  return exit_code(verdicts);
}

}  // namespace

void add_report(CLI::App& app, int& code) {
  auto* verb = app.add_subcommand("report", "Judge journals again and write the reports");
  auto options = std::make_shared<ReportOptions>();
  verb->add_option("journal", options->journals, "Journals of finished or killed drills")
      ->required()
      ->check(CLI::ExistingFile);
  verb->add_option("--out", options->out, "Folder of the reports")->capture_default_str();
  verb->add_option("--lang", options->language, "Language of the reports")
      ->check(CLI::IsMember({"en", "fr"}));
  verb->footer(
      "Example:\n"
      "  reprise report out/journals/sp-e/*.jsonl --out again\n"
      "The same journals give the same bytes, and the same exit code as the run.");
  verb->callback([options, &code] { code = report(*options); });
}

}  // namespace reprise
