#include <gmock/gmock.h>

#include <thread>

#include "tests/observe/observing.h"
#include "tests/observe/processes.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class CommandProbe : public ::testing::Test {
 protected:
  CommandProbe() { observing_.surroundings.root = folder_.path(); }
  void TearDown() override { EXPECT_EQ(own_children(), 0U); }

  static ProbeSpec python(const std::string& program) {
    return Observing::spec("command", {{"run", {"/usr/bin/python3", "-c", program}}});
  }
  Observation run(const json& arguments) { return observing_.see("command", {{"run", arguments}}); }

  TemporaryFolder folder_;
  Observing observing_;
};

TEST_F(CommandProbe, SeesExitCodeOutputAndComplaints) {
  const auto seen =
      observing_
          .sample(*observing_.make(
              python("import sys; print('out'); print('complaint', file=sys.stderr); sys.exit(3)")))
          .seen;
  EXPECT_EQ(seen.outcome, "answered");
  EXPECT_EQ(seen.values, json({{"exit", 3}, {"text", "out\n"}, {"stderr", "complaint\n"}}));
}

TEST_F(CommandProbe, ReadsJsonPrintedByNode) {
  const auto* const program = "console.log(JSON.stringify({mode: process.env.MARK}))";
  auto spec = Observing::spec("command", {{"run", {"node", "-e", program}}});
  spec.pointers = {"/mode"};
  observing_.surroundings.marks = {"MARK=ours"};
  const auto probe = observing_.make(spec);
  EXPECT_EQ(observing_.sample(*probe).seen.values.at("json"), json({{"/mode", "ours"}}));
}

TEST_F(CommandProbe, RunsInTheDrillsFolderWithReferencesFilledIn) {
  std::filesystem::create_directory(folder_.path() / "inside");
  observing_.surroundings.references["x"] = "filled";
  const auto seen = observing_.see(
      "command",
      {{"run",
        {"/usr/bin/python3", "-c", "import os, sys; print(os.getcwd(), sys.argv[1])", "${x}"}},
       {"folder", "inside"}});
  EXPECT_EQ(seen.values.at("text"), (folder_.path() / "inside").string() + " filled\n");
}

TEST_F(CommandProbe, SaysWhichSignalKilledIt) {
  const auto seen =
      observing_.sample(*observing_.make(python("import os; os.kill(os.getpid(), 9)"))).seen;
  EXPECT_EQ(seen.values.at("exit"), 137);
  EXPECT_EQ(seen.values.at("signal"), 9);
}

TEST_F(CommandProbe, SaysErrorWhenTheProgramCannotBeStarted) {
  EXPECT_EQ(run({"no-such-program-anywhere"}).outcome, "error");
  EXPECT_EQ(run({"/no/such/program"}).outcome, "error");
  EXPECT_EQ(run({folder_.path().string()}).outcome, "error");
}

TEST_F(CommandProbe, KillsEverythingItStartedAtTheDeadline) {
  const std::string mark = "probe-mark-" + std::to_string(::getpid());
  const auto probe = observing_.make(
      python("import subprocess, time\n"
             "subprocess.Popen(['/usr/bin/python3', '-c', 'import time; time.sleep(60)', '" +
             mark + "'])\nprint('begun', flush=True)\ntime.sleep(60)"));
  const auto taken = observing_.sample(*probe, 300ms);
  expect_late_by_300ms(taken);
  for (int tries = 0; tries < 1000 && processes_mentioning(mark) > 0; ++tries) {
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(processes_mentioning(mark), 0U);
}

TEST_F(CommandProbe, DoesNotWaitForWhatAProgramLeftBehind) {
  const std::string mark = "left-mark-" + std::to_string(::getpid());
  const auto probe = observing_.make(
      python("import subprocess\n"
             "subprocess.Popen(['/usr/bin/python3', '-c', 'import time; time.sleep(60)', '" +
             mark + "'])\nprint('done')"));
  const auto taken = observing_.sample(*probe, 5s);
  EXPECT_EQ(taken.seen.values.at("text"), "done\n");
  EXPECT_LT(taken.took, 3s);
  for (int tries = 0; tries < 1000 && processes_mentioning(mark) > 0; ++tries) {
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(processes_mentioning(mark), 0U);
}

TEST_F(CommandProbe, ReadsALotOfOutputAndKeepsLittle) {
  const auto seen = observing_.sample(*observing_.make(python("print('x' * 3_000_000)"))).seen;
  EXPECT_EQ(seen.values.at("exit"), 0);
  EXPECT_EQ(seen.values.at("text").get<std::string>().size(), 4096U);
}

TEST_F(CommandProbe, SearchesAllThatWasPrinted) {
  const json fatal{{"text", {{"contains", "FATAL"}}}};
  const json warning{{"stderr", {{"matches", "^warning$|, warning$"}}}};
  const auto see = [&](const std::string& program) {
    return observing_.sample(*observing_.make(Observing::asked(python(program), {fatal, warning})))
        .seen;
  };
  const auto bad =
      see("import sys\nprint('x' * 3_000_000 + 'FATAL')\n"
          "print('y' * 9000 + ', warning', end='', file=sys.stderr)");
  EXPECT_EQ(judged(fatal, bad), Truth::holds);
  EXPECT_EQ(judged(warning, bad), Truth::holds);
  const auto good = see("import sys\nprint('x' * 3_000_000)\nprint('y' * 9000, file=sys.stderr)");
  EXPECT_EQ(judged(fatal, good), Truth::fails);
  EXPECT_EQ(judged(warning, good), Truth::fails);
}

TEST_F(CommandProbe, SaysWhatItDidNotRead) {
  const json fatal{{"text", {{"contains", "FATAL"}}}};
  const json mode{{"json", {{"/mode", 1}}}};
  const auto spec = Observing::asked(python("print('x' * 9_000_000 + 'FATAL')"), {fatal, mode});
  const auto seen = observing_.sample(*observing_.make(spec)).seen;
  EXPECT_EQ(judged(fatal, seen), Truth::unknown);
  EXPECT_EQ(judged(mode, seen), Truth::unknown);
  EXPECT_EQ(judged({{"exit", 0}}, seen), Truth::holds);
}

TEST_F(CommandProbe, KeepsWhatWasPrintedUntilTheDeadline) {
  const json fatal{{"text", {{"contains", "FATAL"}}}};
  const auto spec = Observing::asked(
      python("import time\nprint('a FATAL error', flush=True)\ntime.sleep(60)"), {fatal});
  const auto late = observing_.sample(*observing_.make(spec), 500ms).seen;
  EXPECT_EQ(late.outcome, "timeout");
  EXPECT_EQ(late.values.at("partial"), true);
  EXPECT_EQ(judged(fatal, late, Meant::forbidden), Truth::holds);
  EXPECT_EQ(judged({{"exit", 1}}, late, Meant::forbidden), Truth::unknown);
}

TEST_F(CommandProbe, TakesOverlappingSamplesAndLeavesNothing) {
  const auto probe = observing_.make(Observing::spec("command", {{"run", {"true"}}}));
  observing_.sample(*probe);
  const auto before = open_descriptors();
  for (int i = 0; i < 50; ++i) {
    for (const auto& taken : observing_.sample_together(*probe, 10, 10s)) {
      ASSERT_EQ(taken.seen.values.value("exit", -1), 0) << taken.seen.values;
    }
  }
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace reprise
