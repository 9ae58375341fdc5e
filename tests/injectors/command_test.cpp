// The command fault and what runs its commands, with real programs.
#include <gtest/gtest.h>

#include "injectors/processes/run_command.h"
#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

class Commands : public testing::Test {
 protected:
  Commands() {
    surroundings_.root = folder_.path();
    surroundings_.marks = {"REPRISE_DRILL=marked"};
    surroundings_.references["links.a.port"] = "4711";
  }
  [[nodiscard]] bool exists(const std::string& name) const {
    return fs::exists(folder_.path() / name);
  }

  TemporaryFolder folder_;
  FixedSurroundings surroundings_;
  const nlohmann::json example_{{"inject", {"touch", "maintenance"}},
                                {"undo", {"rm", "-f", "maintenance"}},
                                {"confirm", {"test", "-e", "maintenance"}}};
};

TEST_F(Commands, BreakConfirmAndMend) {
  const FaultSpec spec = fault_spec("command", "", example_);
  auto fault = make_fault(spec, surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_FALSE(exists("maintenance"));
  EXPECT_TRUE(fault->revert(*receipt)) << "without an inject";
  EXPECT_FALSE(fault->confirm());
  const auto done = fault->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  EXPECT_TRUE(exists("maintenance"));
  const auto bite = fault->confirm();
  ASSERT_TRUE(bite);
  EXPECT_EQ(bite->evidence, "the confirming command ended with 0");

  const FixedSurroundings nothing;
  auto guardian = make_fault(spec, nothing);
  const auto undone = guardian->revert(nlohmann::json::parse(receipt->dump()));
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_FALSE(exists("maintenance"));
  EXPECT_TRUE(guardian->revert(*receipt));
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(Commands, AreUndoneAfterTheirHolderWasKilled) {
  const FaultSpec spec = fault_spec("command", "", example_);
  const auto receipt = make_fault(spec, surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  do_and_die([&] { (void)make_fault(spec, surroundings_)->inject(*receipt); });
  ASSERT_TRUE(exists("maintenance"));
  EXPECT_TRUE(make_fault(spec, surroundings_)->revert(*receipt));
  EXPECT_FALSE(exists("maintenance"));
}

TEST_F(Commands, AreEventsWithoutAnUndo) {
  const auto* kind = Registry<FaultKind>::find("command");
  EXPECT_EQ(kind->nature_with(example_), Nature::condition);
  const nlohmann::json event{{"inject", {"touch", "done"}}};
  EXPECT_EQ(kind->nature_with(event), Nature::event);
  auto fault = make_fault(fault_spec("command", "", event), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  ASSERT_TRUE(fault->confirm());
  EXPECT_EQ(fault->confirm()->evidence, "the command ended with 0");
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_TRUE(exists("done"));
}

TEST_F(Commands, ThatFailDoNotBiteAndSayWhy) {
  const nlohmann::json failing{{"inject", {"ls", "/no such folder"}}, {"undo", {"false"}}};
  auto fault = make_fault(fault_spec("command", "", failing), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  const auto done = fault->inject(*receipt);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().what.find("ended with 2"), std::string::npos) << why(done);
  EXPECT_NE(done.error().what.find("no such folder"), std::string::npos) << why(done);
  EXPECT_FALSE(fault->confirm());
  const auto undone = fault->revert(*receipt);
  ASSERT_FALSE(undone);
  EXPECT_EQ(undone.error().what, "the undo ended with 1");
}

TEST_F(Commands, AreNotConfirmedWhileTheirConfirmationFails) {
  nlohmann::json with = example_;
  with["confirm"] = {"test", "-e", "absent"};
  auto fault = make_fault(fault_spec("command", "", with), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_FALSE(fault->confirm());
  folder_.write("absent", "");
  EXPECT_TRUE(comes_true([&] { return fault->confirm().has_value(); }));
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(Commands, NeverMeetAShell) {
  const nlohmann::json with{{"inject", {"touch", "$(echo a); b", "${links.a.port}"}}};
  auto fault = make_fault(fault_spec("command", "", with), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_TRUE(exists("$(echo a); b"));
  EXPECT_TRUE(exists("4711"));
}

TEST_F(Commands, NameReferencesThatDoNotExistAsErrors) {
  const nlohmann::json with{{"inject", {"touch", "${no.such}"}}};
  EXPECT_FALSE(make_fault(fault_spec("command", "", with), surroundings_)->prepare());
  const nlohmann::json folder{{"inject", {"true"}}, {"folder", "absent"}};
  EXPECT_FALSE(make_fault(fault_spec("command", "", folder), surroundings_)->prepare());
}

TEST_F(Commands, RunInTheirFolderWithTheDrillsEnvironment) {
  fs::create_directory(folder_.path() / "inner");
  const nlohmann::json with{
      {"inject",
       {"python3", "-c", "import os; open('seen','w').write(os.environ['REPRISE_DRILL'])"}},
      {"folder", "inner"}};
  auto fault = make_fault(fault_spec("command", "", with), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  const auto done = fault->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  EXPECT_EQ(folder_.read("inner/seen"), "marked");
}

TEST_F(Commands, ThatTakeTooLongAreKilledWithTheirChildren) {
  const auto start = std::chrono::steady_clock::now();
  const auto outcome = run_command(
      {"python3", "-c",
       "import os,subprocess,time\n"
       "child=subprocess.Popen(['sleep','3600'])\n"
       "open('pid.new','w').write(str(child.pid))\nos.rename('pid.new','pid')\ntime.sleep(3600)"},
      folder_.path(), {}, 2s);
  ASSERT_TRUE(outcome) << why(outcome);
  EXPECT_TRUE(outcome->late);
  EXPECT_FALSE(outcome->succeeded());
  EXPECT_EQ(outcome->text(2s), "took longer than 2s");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
  const pid_t child = std::stoi(folder_.read("pid"));
  EXPECT_TRUE(comes_true([&] {
    const auto state = read_process_state(child);
    return !state || state->state == 'Z';
  }));
}

TEST_F(Commands, MayLeaveADaemonThatHoldsTheirOutputOpen) {
  const auto start = std::chrono::steady_clock::now();
  const auto outcome = run_command(
      {"python3", "-c", "import subprocess; print(subprocess.Popen(['sleep','30']).pid)"},
      folder_.path(), {}, 20s);
  ASSERT_TRUE(outcome) << why(outcome);
  EXPECT_TRUE(outcome->succeeded());
  EXPECT_LT(std::chrono::steady_clock::now() - start, 15s);
  ::kill(std::stoi(outcome->output), SIGKILL);
}

TEST_F(Commands, KeepLittleOfMuchOutput) {
  const auto outcome =
      run_command({"python3", "-c", "print('x' * 5000000)"}, folder_.path(), {}, 20s);
  ASSERT_TRUE(outcome) << why(outcome);
  EXPECT_TRUE(outcome->succeeded());
  EXPECT_EQ(outcome->output.size(), 4096U);
}

TEST_F(Commands, ThatDoNotExistAreErrors) {
  const auto outcome = run_command({"no-such-program-of-ours"}, folder_.path(), {}, 1s);
  ASSERT_FALSE(outcome);
  EXPECT_NE(outcome.error().what.find("no-such-program-of-ours"), std::string::npos);
  EXPECT_FALSE(run_command({}, folder_.path(), {}, 1s));
}

}  // namespace
}  // namespace reprise
