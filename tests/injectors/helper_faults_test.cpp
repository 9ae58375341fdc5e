// cpu_stress and memory_pressure: faults whose work is done by child processes of the program.
#include <fstream>

#include <gtest/gtest.h>

#include "injectors/processes/helper_processes.h"
#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"

namespace reprise {
namespace {

struct HelperCase {
  std::string kind;
  nlohmann::json with;
  std::size_t helpers;
  std::string evidence;  // a part of it
};

const std::vector<HelperCase> helper_cases{
    {"cpu_stress", {{"cores", 2}, {"share", "40%"}}, 2, "2 busy processes took"},
    {"cpu_stress", {{"cores", 1}, {"share", "5%"}}, 1, "1 busy process took"},
    {"memory_pressure", {{"size", "48MiB"}}, 1, "holds 50331648 bytes of memory"},
};

// Who bears the receipt's name and has not ended, as anybody sees it.
std::vector<pid_t> helpers_of(const nlohmann::json& receipt) {
  std::vector<pid_t> found;
  for (const pid_t pid : every_pid()) {
    std::ifstream file(fmt::format("/proc/{}/comm", pid));
    std::string name;
    if (!std::getline(file, name) || name != receipt.at("helper")) continue;
    const auto state = read_process_state(pid);
    if (state && state->state != 'Z') found.push_back(pid);
  }
  return found;
}

std::uint64_t kilobytes(pid_t pid, const std::string& field) {
  std::ifstream file(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(field)) return std::stoull(line.substr(field.size()));
  }
  return 0;
}

class EachHelperFault : public testing::TestWithParam<HelperCase> {
 protected:
  [[nodiscard]] static FaultSpec spec() { return fault_spec(GetParam().kind, "", GetParam().with); }
  FixedSurroundings surroundings_;
};

INSTANTIATE_TEST_SUITE_P(All, EachHelperFault, testing::ValuesIn(helper_cases),
                         [](const auto& about) {
                           return fmt::format("{}_{}", about.param.kind, about.index);
                         });

TEST_P(EachHelperFault, BitesAndLeavesNothingBehind) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_TRUE(helpers_of(*receipt).empty()) << "prepare touches nothing";
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt)) << "without an inject";
  const auto done = fault->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  EXPECT_EQ(helpers_of(*receipt).size(), GetParam().helpers);
  std::optional<Bite> bite;
  ASSERT_TRUE(comes_true([&] { return (bite = fault->confirm()).has_value(); }));
  EXPECT_NE(bite->evidence.find(GetParam().evidence), std::string::npos) << bite->evidence;

  const auto undone = fault->revert(*receipt);
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_TRUE(helpers_of(*receipt).empty());
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_P(EachHelperFault, IsUndoneByAStranger) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  const FixedSurroundings nothing;
  auto guardian = make_fault(spec(), nothing);
  const auto undone = guardian->revert(nlohmann::json::parse(receipt->dump()));
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_TRUE(helpers_of(*receipt).empty());
  EXPECT_FALSE(fault->confirm()) << "a fault that has lost its helpers bites nobody";
  EXPECT_TRUE(guardian->revert(*receipt));
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_P(EachHelperFault, AnotherFaultOfItsKindIsLeftAlone) {
  auto fault = make_fault(spec(), surroundings_);
  auto other = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  const auto another = other->prepare();
  ASSERT_TRUE(receipt && another && fault->inject(*receipt) && other->inject(*another));
  ASSERT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(helpers_of(*another).size(), GetParam().helpers);
  nlohmann::json other_boot = *another;
  other_boot["boot_id"] = "another";
  EXPECT_TRUE(fault->revert(other_boot));
  EXPECT_EQ(helpers_of(*another).size(), GetParam().helpers);
  EXPECT_TRUE(other->revert(*another));
}

TEST_P(EachHelperFault, EndsWithItsInjector) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  fault.reset();
  EXPECT_TRUE(helpers_of(*receipt).empty());
}

TEST_P(EachHelperFault, EndsWithItsProgram) {
  const auto receipt = make_fault(spec(), surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  do_and_die([&] {
    auto fault = make_fault(spec(), surroundings_);
    (void)fault->inject(*receipt);
    std::this_thread::sleep_for(20ms);
    ::kill(::getpid(), SIGKILL);
  });
  EXPECT_TRUE(comes_true([&] { return helpers_of(*receipt).empty(); })) << "by the kernel alone";
  EXPECT_TRUE(make_fault(spec(), surroundings_)->revert(*receipt));
}

TEST_P(EachHelperFault, IsUndoneWhereverItsHolderIsKilled) {
  const auto receipt = make_fault(spec(), surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  auto guardian = make_fault(spec(), surroundings_);
  const auto inject = [&] {
    auto fault = make_fault(spec(), surroundings_);
    (void)fault->inject(*receipt);
    (void)::getppid();  // one more place to be killed at, with the helpers at work
  };
  for (int place = 1; killed_at(place, inject); ++place) {
    const auto undone = guardian->revert(*receipt);
    ASSERT_TRUE(undone) << place << ": " << why(undone);
    ASSERT_TRUE(helpers_of(*receipt).empty()) << place;
  }
}

TEST_P(EachHelperFault, HoldsNothingOpenThatTheProgramWaitsFor) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  ::close(pipe[1]);
  char byte = 0;
  EXPECT_EQ(::read(pipe[0], &byte, 1), 0) << "the end of the pipe";
  ::close(pipe[0]);
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST(CpuStress, TakesTheTimeOfEveryCoreUnlessToldOtherwise) {
  const FixedSurroundings surroundings;
  auto fault = make_fault(fault_spec("cpu_stress", ""), surroundings);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_EQ(receipt->at("count"), std::thread::hardware_concurrency());
  EXPECT_EQ(receipt->at("share"), 1.0);
}

TEST(CpuStress, OfHelpersThatStandStillIsNotConfirmed) {
  const FixedSurroundings surroundings;
  auto fault =
      make_fault(fault_spec("cpu_stress", "", {{"cores", 1}, {"share", "1%"}}), surroundings);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  // At 1 % of a core it takes two seconds to something that counts; it is stopped long before.
  for (const pid_t helper : helpers_of(*receipt)) ::kill(helper, SIGSTOP);
  std::this_thread::sleep_for(300ms);
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt)) << "stopped or not";
  EXPECT_TRUE(helpers_of(*receipt).empty());
}

TEST(MemoryPressure, TakesAsMuchAsItSays) {
  const FixedSurroundings surroundings;
  auto fault = make_fault(fault_spec("memory_pressure", "", {{"size", "64MiB"}}), surroundings);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  ASSERT_TRUE(comes_true([&] { return fault->confirm().has_value(); }));
  const auto helpers = helpers_of(*receipt);
  ASSERT_EQ(helpers.size(), 1U);
  EXPECT_GE(kilobytes(helpers.front(), "VmRSS:"), 64U << 10);
  std::ifstream score(fmt::format("/proc/{}/oom_score_adj", helpers.front()));
  int first_to_go = 0;
  EXPECT_TRUE(score >> first_to_go);
  EXPECT_EQ(first_to_go, 1000);
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST(MemoryPressure, ThatTheMachineCannotBearIsRefused) {
  const FixedSurroundings surroundings;
  auto fault = make_fault(fault_spec("memory_pressure", "", {{"size", "900TiB"}}), surroundings);
  const auto receipt = fault->prepare();
  ASSERT_FALSE(receipt);
  EXPECT_NE(receipt.error().what.find("kept for the machine"), std::string::npos) << why(receipt);
  EXPECT_NE(receipt.error().remedy.find("ask for at most"), std::string::npos) << why(receipt);
}

TEST(MemoryPressure, OfAHelperThatTheKernelEndedIsNotConfirmed) {
  const FixedSurroundings surroundings;
  auto fault = make_fault(fault_spec("memory_pressure", "", {{"size", "64MiB"}}), surroundings);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  for (const pid_t helper : helpers_of(*receipt)) ::kill(helper, SIGKILL);
  EXPECT_TRUE(comes_true([&] { return helpers_of(*receipt).empty(); }));
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST(HelperProcesses, EndNobodyWhoseNameIsNotOfTheirMaking) {
  nlohmann::json receipt = HelperProcesses::receipt();
  for (const char* name : {"", "init", "reprise-", "reprise"}) {
    receipt["helper"] = name;
    EXPECT_FALSE(HelperProcesses::end(receipt)) << name;
  }
}

}  // namespace
}  // namespace reprise
