// The reference systems run without reprise too: each by its own start.sh on its default ports,
// which are free in a network made for it, and with nothing left when it is stopped.
#include <regex>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/sabotage/sabotage.h"

namespace reprise::sabotage {
namespace {

struct Started {
  std::string plan;
  std::string url;  // answers 200 once everything that it needs is there
};

class StartedAlone : public ::testing::TestWithParam<Started> {};

// Runs a command in namespaces of its own, where ports are free and from where nothing escapes.
int run_apart(std::vector<std::string> command, const std::filesystem::path& folder,
              const std::filesystem::path& log) {
  std::vector<std::string> words{"/usr/bin/env", "-C", folder, "timeout", "--signal=KILL", "150"};
  for (const char* word : {"unshare", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"}) {
    words.emplace_back(word);
  }
  if (::geteuid() != 0) words.emplace_back("--map-root-user");
  words.insert(words.end(), command.begin(), command.end());
  return run(words, log);
}

TEST_P(StartedAlone, AnswersAndLeavesNothingBehind) {
  const SabotagedPlan copy({GetParam().plan, "", "", "", "", {}});
  const auto system = copy.plan() / "system";
  if (run_apart({"true"}, system, copy.log()) != 0) GTEST_SKIP() << read(copy.log());
  const std::string script = REPRISE_SOURCE_DIR "/tests/sabotage/run-alone.sh";
  EXPECT_EQ(run_apart({script, GetParam().url}, system, copy.log()), 0) << read(copy.log());
}

INSTANTIATE_TEST_SUITE_P(
    Systems, StartedAlone,
    ::testing::Values(Started{"sp-e", "http://127.0.0.1:4001/api/dashboard"},
                      Started{"mientior", "http://127.0.0.1:3000/api/products"},
                      Started{"dpa", "http://127.0.0.1:4101/facts"}),
    [](const auto& about) { return std::regex_replace(about.param.plan, std::regex("-"), "_"); });

}  // namespace
}  // namespace reprise::sabotage
