// The ledger's file: what is written comes back, and what is no ledger is told by its line.
#include <fstream>

#include <gtest/gtest.h>

#include "harness/journal/ledger_file.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

using namespace std::chrono_literals;

class Ledgers : public testing::Test {
 protected:
  LedgerFile created() {
    auto file = LedgerFile::create(path_);
    EXPECT_TRUE(file);
    return std::move(*file);
  }
  // Two entries acknowledged, one refused, one unknown.
  static void write_four(LedgerFile& file) {
    for (int i = 0; i < 4; ++i) file.intend(i * 1s, payload_mark(std::to_string(i)));
    file.answered(0, WriteOutcome::acknowledged, 500ms);
    file.answered(1, WriteOutcome::acknowledged, 1500ms);
    file.answered(2, WriteOutcome::refused, 2500ms);
    file.answered(3, WriteOutcome::unknown, 3500ms);
  }
  static void read_these(LedgerFile& file, Duration at, const std::vector<std::uint64_t>& found) {
    file.begin_reading(at);
    for (const auto entry : found) file.found(entry, payload_mark(std::to_string(entry)));
    file.end_reading(at + 10ms);
  }
  [[nodiscard]] LedgerRecord record(const std::string& sha256) const {
    auto ledger = read_ledger(path_, sha256);
    EXPECT_TRUE(ledger) << (ledger ? "" : ledger.error().text());
    return ledger.value_or(LedgerRecord{});
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "x.ledger";
};

TEST_F(Ledgers, ComeBackAsTheyWereWritten) {
  LedgerFile file = created();
  write_four(file);
  read_these(file, 10s, {0, 3, 3});
  read_these(file, 11s, {0, 3, 3});
  const LedgerRecord ledger = record(file.finish());
  ASSERT_EQ(ledger.entries.size(), 4U);
  EXPECT_EQ(ledger.entries[1].sent, 1s);
  EXPECT_EQ(ledger.entries[1].answered, 1500ms);
  EXPECT_TRUE(ledger.entries[1].acknowledged());
  EXPECT_FALSE(ledger.entries[1].kept());
  EXPECT_EQ(ledger.entries[2].outcome, WriteOutcome::refused);
  EXPECT_EQ(ledger.entries[3].outcome, WriteOutcome::unknown);
  EXPECT_EQ(ledger.entries[3].copies, 2);
  EXPECT_EQ(ledger.readings, 2);
  EXPECT_TRUE(ledger.settled);
  EXPECT_EQ(ledger.strays, 0U);
}

TEST_F(Ledgers, AreNotSettledByOneReadingNorByTwoThatDiffer) {
  for (const std::vector<std::uint64_t>& second : {std::vector<std::uint64_t>{}, {0, 1}, {0, 0}}) {
    LedgerFile file = created();
    write_four(file);
    read_these(file, 10s, {0});
    if (!second.empty()) read_these(file, 11s, second);
    EXPECT_FALSE(record(file.finish()).settled);
  }
}

TEST_F(Ledgers, CountAReadingThatBrokeOffForNothing) {
  LedgerFile file = created();
  write_four(file);
  read_these(file, 10s, {0, 1});
  file.begin_reading(11s);
  file.found(0, 1);
  file.found_stray();
  read_these(file, 12s, {0, 1});
  const LedgerRecord ledger = record(file.finish());
  EXPECT_EQ(ledger.readings, 2);
  EXPECT_TRUE(ledger.settled);
  EXPECT_FALSE(ledger.entries[0].corrupted);
  EXPECT_EQ(ledger.strays, 0U);
}

TEST_F(Ledgers, TellWhatWasStaleOrCorruptedOrNeverSent) {
  LedgerFile file = created();
  write_four(file);
  read_these(file, 10s, {0});
  for (const Duration at : {11s, 12s}) {
    file.begin_reading(at);
    file.found(0, 12345);
    file.found(1, payload_mark("1"));
    file.found_stray();
    file.end_reading(at + 1ms);
  }
  const LedgerRecord ledger = record(file.finish());
  EXPECT_TRUE(ledger.entries[0].corrupted);
  EXPECT_FALSE(ledger.entries[1].corrupted);
  EXPECT_TRUE(ledger.entries[1].stale) << "missing from the first reading";
  EXPECT_FALSE(ledger.entries[0].stale);
  EXPECT_EQ(ledger.strays, 1U);
}

TEST_F(Ledgers, AreRefusedWhenTheyWereChanged) {
  LedgerFile file = created();
  write_four(file);
  const std::string hash = file.finish();
  EXPECT_TRUE(read_ledger(path_, hash));
  std::ofstream(path_, std::ios::app) << "a 3 4000000000\n";
  const auto changed = read_ledger(path_, hash);
  ASSERT_FALSE(changed);
  EXPECT_NE(changed.error().text().find("hash"), std::string::npos);
  EXPECT_FALSE(read_ledger(folder_.path() / "none", hash));
}

TEST_F(Ledgers, KeepWhatWasSentOfADrillThatWasKilled) {
  {
    LedgerFile file = created();
    write_four(file);
    file.intend(9s, 7);
  }
  std::ifstream file(path_);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto ledger = parse_ledger(text + "a 4 95", "x.ledger");
  ASSERT_TRUE(ledger) << ledger.error().text();
  ASSERT_EQ(ledger->entries.size(), 5U);
  EXPECT_EQ(ledger->entries[4].outcome, WriteOutcome::unknown);
}

TEST(LedgerText, ThatIsNoneIsToldByItsLine) {
  const std::string begun = "reprise-ledger 1\ni 0 5 ab\n";
  EXPECT_TRUE(parse_ledger(begun, "x"));
  for (const std::string line :
       {"",          "q",      "i",          "i 0 5 ab",
        "i 2 5 ab",  "i 1 5",  "i 1 5 ab c", "i 1 99999999999999999999 ab",
        "i -1 5 ab", "a 0",    "a 1 6",      "a 0 4",
        "a 0 6 7",   "e 0 ab", "x",          "d 5",
        "r",         "r  5",   "f0 6",       "i 1 9223372036854775807 ab"}) {
    const auto parsed = parse_ledger(begun + line + "\n", "x.ledger");
    ASSERT_FALSE(parsed) << line;
    EXPECT_EQ(parsed.error().where.line, 3) << line;
  }
  EXPECT_FALSE(parse_ledger("reprise-ledger 2\n", "x"));
  EXPECT_FALSE(parse_ledger(begun + "r 5\nd 6\ni 1 7 ab\n", "x")) << "sent while it was read";
  EXPECT_FALSE(parse_ledger(begun + "a 0 6\nu 0 7\n", "x")) << "answered twice";
  EXPECT_FALSE(parse_ledger(begun + "r 5\ne 1 ab\n", "x")) << "an entry that was never sent";
}

}  // namespace
}  // namespace reprise
