// What every fault kind owes its users, whatever it breaks.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>

#include <gtest/gtest.h>

#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

class EveryFaultKind : public testing::TestWithParam<const FaultKind*> {
 protected:
  static nlohmann::json options_of_example() {
    return GetParam()->example.value("with", nlohmann::json::object());
  }
  static FaultSpec example() {
    return fault_spec(GetParam()->name, GetParam()->example.value("into", ""),
                      options_of_example());
  }
  TemporaryFolder folder_;
};

TEST_P(EveryFaultKind, HasANameThatIsItsFile) {
  const std::string& name = GetParam()->name;
  EXPECT_TRUE(std::regex_match(name, std::regex("[a-z][a-z0-9]*(_[a-z0-9]+)*"))) << name;
  const auto faults = std::filesystem::path(REPRISE_SOURCE_DIR) / "injectors/faults";
  const auto files = std::ranges::count_if(
      std::filesystem::recursive_directory_iterator(faults),
      [&](const auto& entry) { return entry.path().filename() == name + ".cpp"; });
  EXPECT_EQ(files, 1) << name;
}

TEST_P(EveryFaultKind, SaysWhatItDoes) {
  EXPECT_FALSE(GetParam()->summary.empty());
  for (const Shape::Field& field : GetParam()->options.fields()) {
    EXPECT_FALSE(field.doc.empty()) << field.name;
  }
}

TEST_P(EveryFaultKind, HasAnExampleThatFitsItsOptions) {
  EXPECT_EQ(GetParam()->example.value("inject", ""), GetParam()->name);
  for (const Error& error : GetParam()->options.check(options_of_example())) {
    ADD_FAILURE() << error.text();
  }
  const bool aimed = !GetParam()->example.value("into", "").empty();
  EXPECT_EQ(aimed, GetParam()->target != Target::none);
}

TEST_P(EveryFaultKind, RefusesATargetThatIsNotThere) {
  if (GetParam()->target == Target::none) GTEST_SKIP() << "has no target";
  FixedSurroundings surroundings;
  surroundings.root = folder_.path();
  const auto made = GetParam()->make(example(), surroundings);
  if (!made) {
    EXPECT_FALSE(made.error().what.empty());
    return;
  }
  const auto receipt = (*made)->prepare();
  ASSERT_FALSE(receipt) << receipt->dump();
  EXPECT_FALSE(receipt.error().what.empty());
  EXPECT_FALSE((*made)->confirm());
}

TEST_P(EveryFaultKind, BearsReceiptsThatAreNone) {
  FixedSurroundings surroundings;
  surroundings.root = folder_.path();
  const auto made = GetParam()->make(example(), surroundings);
  if (!made) return;
  const nlohmann::json nested{{"path", 1},        {"folder", {1}}, {"processes", "x"},
                              {"stood_still", 3}, {"address", 4},  {"undo", 5},
                              {"within", "x"},    {"handle", {}}};
  for (const nlohmann::json& receipt :
       {nlohmann::json::object(), nlohmann::json(), nlohmann::json::array(), nlohmann::json("text"),
        nlohmann::json(5), nested}) {
    // Success or an error, both are an answer; a crash or an exception is not.
    EXPECT_NO_THROW({
      const auto reverted = (*made)->revert(receipt);
      EXPECT_TRUE(reverted || !reverted.error().what.empty());
    }) << receipt.dump();
  }
}

// Where each kind is put into a system that it does not harm, or that mends itself at once, and
// gives no evidence: a drill with it is then inconclusive.
const std::map<std::string, std::string> without_evidence{
    {"clock_skew", "ClockSkew.OfAProgramThatNeverAsksForTheTimeIsNotConfirmed"},
    {"command", "Commands.AreNotConfirmedWhileTheirConfirmationFails"},
    {"connection_reset", "NetworkFault.DoesNotBiteOnALinkNobodyUses"},
    {"connection_stall", "NetworkFault.DoesNotBiteOnALinkNobodyUses"},
    {"cpu_stress", "CpuStress.OfHelpersThatStandStillIsNotConfirmed"},
    {"db_corrupt", "DatabaseEvents.RowsOfAnEmptyTableDoNotBite"},
    {"db_deadlock", "DatabaseEvents.ADeadlockThatNobodyMeetsIsNotConfirmedAndLeavesNoLock"},
    {"db_disconnect", "DatabaseFaults.ADisconnectWithNobodyConnectedDoesNotBite"},
    {"db_exhaust", "DatabaseConditions.AServerWithRoomLeftIsNotExhausted"},
    {"db_kill", "DatabaseEvents.AKillOfAServerThatHasEndedIsNotConfirmed"},
    {"db_lock", "DatabaseConditions.ALockMakesOthersWaitAndSaysWho"},
    {"db_readonly", "DatabaseConditions.AReadonlyThatSomebodyLiftsIsNotConfirmed"},
    {"db_refuse", "DatabaseFaults.ARefusalThatSomebodyLiftsIsNotConfirmed"},
    {"descriptor_exhaustion", "DescriptorExhaustion.BitesOnlyWhenTheSpareOnesAreUsedUp"},
    {"disk_error", "DiskError.FailsUntilItIsReverted"},
    {"disk_full", "Disk.IsNoEvidenceWhileSomebodyMadeRoomAgain"},
    {"file_corrupt", "EachFileFault.IsNotConfirmedOnceTheFileWasPutBack"},
    {"file_delete", "EachFileFault.IsNotConfirmedOnceTheFileWasPutBack"},
    {"file_deny", "EachFileFault.IsNotConfirmedOnceTheFileWasPutBack"},
    {"file_stale", "FileStale.WithoutAWriteChangesNothingAndIsNotConfirmed"},
    {"file_truncate", "EachFileFault.IsNotConfirmedOnceTheFileWasPutBack"},
    {"http_body", "NetworkFault.DoesNotBiteOnALinkNobodyUses"},
    {"http_delay", "NetworkFault.DoesNotBiteOnALinkNobodyUses"},
    {"http_hang", "NetworkFault.DoesNotBiteOnALinkNobodyUses"},
    {"http_headers", "NetworkFault.DoesNotBiteOnALinkNobodyUses"},
    {"http_status", "NetworkFault.DoesNotBiteOnALinkNobodyUses"},
    {"memory_pressure", "MemoryPressure.OfAHelperThatTheKernelEndedIsNotConfirmed"},
    {"network_cut", "NetworkFault.DoesNotBiteOnALinkNobodyUses"},
    {"network_delay", "NetworkFault.DoesNotBiteOnALinkNobodyUses"},
    {"network_rate", "NetworkFault.ARateThatNobodyReachesDoesNotBite"},
    {"process_crash_loop", "ProcessCrashLoop.OfASignalThatIsIgnoredIsNotConfirmed"},
    {"process_kill", "ProcessFaults.ASignalThatIsIgnoredIsNotConfirmed"},
    {"process_pause", "ProcessFaults.APauseThatSomebodyEndsIsNotConfirmed"},
    {"process_slow", "ProcessSlow.OfAServiceThatIsGoneIsNotConfirmed"},
    {"process_stop", "ProcessFaults.ASignalThatIsIgnoredIsNotConfirmed"},
    {"redis_disconnect", "RedisFaults.ADisconnectWithNobodyConnectedDoesNotBite"},
    {"redis_flush", "RedisFaults.AFlushOfNothingDoesNotBite"},
    {"redis_hang", "RedisFaults.AHangOfAServerThatHasEndedIsNotConfirmed"},
    {"redis_kill", "RedisFaults.AKillThatIsNotAllowedDoesNotBite"},
    {"replication_pause", "Standbys.FallBehindUntilTheyAreReverted"},
    {"wal_archive_failure", "DatabaseConditions.AnArchiveThatSomebodyMendsIsNotConfirmed"},
};

bool is_a_test(const std::string& full_name) {
  const auto dot = full_name.find('.');
  const std::regex head("TEST(_F|_P)?\\(" + full_name.substr(0, dot) + ", " +
                        full_name.substr(dot + 1) + "\\)");
  for (const char* folder : {"tests/injectors", "tests/proxy"}) {
    const auto path = std::filesystem::path(REPRISE_SOURCE_DIR) / folder;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      std::ifstream file(entry.path());
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      if (std::regex_search(text, head)) return true;
    }
  }
  return false;
}

TEST_P(EveryFaultKind, IsShownWithoutEvidence) {
  const auto shown = without_evidence.find(GetParam()->name);
  ASSERT_NE(shown, without_evidence.end())
      << "show it on a system that it does not harm, and say here where";
  EXPECT_TRUE(is_a_test(shown->second)) << shown->second;
}

INSTANTIATE_TEST_SUITE_P(All, EveryFaultKind, testing::ValuesIn(Registry<FaultKind>::all()),
                         [](const auto& about) { return about.param->name; });

}  // namespace
}  // namespace reprise
