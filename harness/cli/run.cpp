#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <set>

#include <unistd.h>

#include "harness/cli/conductor.h"
#include "harness/cli/jobs.h"
#include "harness/cli/reporting.h"
#include "harness/cli/secrecy.h"
#include "harness/cli/targets.h"
#include "harness/cli/verbs.h"
#include "harness/cli/vocabulary.h"

namespace reprise {
namespace {

struct RunOptions {
  std::vector<std::string> words;
  std::vector<std::string> tags;
  std::set<std::string> allowed;  // targets elsewhere
  std::string out = "out";
  std::string language;
  std::string operator_name;
  std::optional<int> repeat;
  std::optional<std::uint64_t> seed;
  Pace pace;
  bool plain = false;
  std::string sandbox = "auto";
  std::string deadline = "5s";
};

int exit_code_of(const Conducted& conducted) {
  if (const auto decided = conducted.exit_code()) return *decided;
  std::vector<Verdict> verdicts;
  for (const Drill& drill : conducted.run.drills) verdicts.push_back(drill.verdict);
  return exit_code(verdicts);
}

int run(const RunOptions& options) {
  std::vector<std::filesystem::path> paths;
  std::vector<std::string> names;
  divide_words(options.words, paths, names);
  auto plans = load_or_tell(paths);
  if (!plans || !select_scenarios(*plans, names, options.tags)) return 2;
  const Redaction redaction = redaction_of(*plans);
  if (!secrets_can_be_kept(*plans, redaction)) return 2;
  if (!targets_are_allowed(*plans, options.allowed, redaction)) return 2;
  if (!nothing_left_behind()) return 4;

  JobOptions job_options;
  job_options.out = options.out;
  job_options.repeat = options.repeat;
  job_options.seed = options.seed.value_or(random_seed());
  job_options.operator_name = options.operator_name;
  job_options.command = "reprise run";
  for (const auto& word : options.words) job_options.command += " " + word;
  job_options.sandbox = sandbox_wishes().at(options.sandbox);
  job_options.deadline = options.deadline;
  job_options.attended = options.pace.at_once == 1 && ::isatty(STDIN_FILENO) == 1;
  const auto out = claim_out(*plans, options.out);
  auto jobs = out ? make_jobs(*plans, job_options, redaction) : std::unexpected(out.error());
  const auto removed = jobs ? remove_reports(options.out) : std::unexpected(jobs.error());
  if (!removed) {
    complain(redaction, removed.error().text());
    return 2;
  }
  const std::string language = choose_language(options.language);
  const auto view = make_view(language, options.plain);
  fmt::print("seed {}\n", job_options.seed);
  const Conducted conducted = conduct(*jobs, options.pace, *view);
  if (auto written = write_reports(conducted.run, options.out, language); !written) {
    complain(redaction, written.error().text());
    return without_reports(exit_code_of(conducted));
  }
  view->run_finished(conducted.run, options.out);
  return exit_code_of(conducted);
}

}  // namespace

void add_run(CLI::App& app, int& code) {
  auto* verb = app.add_subcommand("run", "Drill the scenarios of a plan and judge them");
  auto options = std::make_shared<RunOptions>();
  verb->add_option("path", options->words,
                   "Plan folders, scenario files or folders of plans; then names of scenarios")
      ->required();
  verb->add_option("--out", options->out, "Folder of reports and journals; replaces earlier ones")
      ->capture_default_str();
  verb->add_option("--jobs,-j", options->pace.at_once, "Drills at the same time")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  verb->add_option("--tag", options->tags, "Only scenarios with one of these tags");
  verb->add_option("--repeat", options->repeat, "Drill each scenario so often")
      ->check(CLI::Range(1, 10000));
  verb->add_option("--again", options->pace.again,
                   "Drill again, so often at most, what was inconclusive")
      ->check(CLI::Range(0, most_attempts - 1))
      ->capture_default_str();
  verb->add_option("--seed", options->seed, "Replays the randomness of an earlier run");
  verb->add_option("--lang", options->language, "Language of messages and reports")
      ->check(CLI::IsMember({"en", "fr"}));
  verb->add_option("--operator", options->operator_name, "Who runs the test, for the record");
  verb->add_option("--sandbox", options->sandbox,
                   "Namespaces of its own for every drill, or off: on the host")
      ->check(CLI::IsMember({"auto", "required", "off"}))
      ->capture_default_str();
  verb->add_option("--deadline", options->deadline,
                   "A drill without a sign of life for so long is ended and its faults undone")
      ->capture_default_str();
  add_allow_target(*verb, options->allowed);
  verb->add_flag("--plain", options->plain, "Plain lines, also at a terminal");
  verb->footer(
      "Examples:\n"
      "  reprise run scenarios/sp-e --out out --jobs 2\n"
      "  reprise run scenarios/sp-e weather-api-500 --repeat 59\n"
      "  reprise run scenarios --tag quick --lang fr\n"
      "  reprise run scenarios/sp-e --again 2     on a machine that is shared and now and then "
      "slow\n"
      "Writes OUT/report.html, OUT/post-mortem.md, OUT/junit.xml, OUT/summary.json and\n"
      "OUT/journals/PLAN/SCENARIO.jsonl;\n"
      "those of an earlier run are removed before the first drill starts. One run at a time\n"
      "writes to OUT; where it lies in a system, it is no part of it.");
  verb->callback([options, &code] { code = run(*options); });
}

}  // namespace reprise
