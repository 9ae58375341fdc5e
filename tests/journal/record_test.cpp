#include "harness/journal/record.h"

#include <gtest/gtest.h>

#include "tests/support/journal_lines.h"

namespace reprise::testing {
namespace {

Result<Record> read(const Lines& lines) { return read_record(lines.text(), "", "drill.jsonl"); }

TEST(Records, HoldWhatTheJournalSays) {
  Lines lines;
  lines.begin();
  lines.add(1, "phase", {{"phase", "steady"}});
  lines.add(5, "sample", sample(2, 3, 5));
  lines.add(6, "skipped", {{"probe", "page"}, {"i", 4}});
  lines.add(7, "fault",
            {{"fault", "cut"},
             {"round", 0},
             {"step", "preparing"},
             {"kind", "network_cut"},
             {"lasting", "condition"}});
  lines.add(8, "fault", {{"fault", "cut"}, {"round", 0}, {"step", "injecting"}});
  lines.add(9, "fault", {{"fault", "cut"}, {"round", 0}, {"step", "armed"}});
  lines.add(
      12, "fault",
      {{"fault", "cut"}, {"round", 0}, {"step", "bit"}, {"at", 10}, {"evidence", "1 request"}});
  lines.add(14, "fault", {{"fault", "cut"}, {"round", 0}, {"step", "healed"}});
  lines.add(15, "phase", {{"phase", "teardown"}});
  lines.add(16, "log", {{"service", "server"}, {"line", "hello"}});
  lines.add(20, "end", {{"outcome", "completed"}});
  const auto record = read(lines);
  ASSERT_TRUE(record) << record.error().text();
  EXPECT_EQ(record->plan.name, "shop");
  EXPECT_EQ(record->probes.at("page").samples.at(0).finished, Duration(5));
  EXPECT_EQ(record->probes.at("page").skipped.at(0), Duration(4));
  const FaultRecord& cut = record->faults.at(0);
  EXPECT_EQ(cut.commanded, Duration(8));
  EXPECT_EQ(cut.armed, Duration(9));
  EXPECT_EQ(cut.bit, Duration(10));
  EXPECT_EQ(cut.healed, Duration(14));
  EXPECT_EQ(record->phase("steady")->to, Duration(15));
  EXPECT_EQ(record->phase("teardown")->to, Duration(20));
  EXPECT_EQ(record->log.at(0).line, "hello");
  EXPECT_EQ(record->outcome, "completed");
  EXPECT_FALSE(record->torn);
  EXPECT_EQ(record->head, lines.head());
}

TEST(Records, KeepTheInstantOfWhatATimelineTells) {
  Lines lines;
  lines.begin();
  lines.add(2, "steady", {{"state", "held"}});
  lines.add(3, "fault",
            {{"fault", "cut"}, {"round", 0}, {"step", "failed"}, {"why", "no such link"}});
  lines.add(4, "trouble", {{"what", "slow"}});
  lines.add(5, "recovered", {{"assertion", 0}, {"probe", "page"}});
  lines.add(6, "abort", {{"probe", "page"}, {"why", "down"}});
  lines.add(7, "interrupted", {{"signal", "INT"}});
  const auto record = read(lines);
  ASSERT_TRUE(record) << record.error().text();
  std::string told;
  for (const Moment& moment : record->moments) {
    told +=
        fmt::format("{} {} {}/{}\n", moment.at.count(), moment.event, moment.whose, moment.what);
  }
  EXPECT_EQ(told,
            "3 failed cut/no such link\n4 trouble /slow\n5 recovered page/\n6 abort /page: down\n"
            "7 interrupted /INT\n");
}

TEST(Records, StoreEqualObservationsOnceAndLeaveLatencyOut) {
  Lines lines;
  lines.begin();
  for (int i = 1; i <= 3; ++i) {
    auto fields = sample(i, i, i + 1);
    fields["v"]["status"] = i < 3 ? 200 : 503;
    fields["v"]["latency"] = 5;
    lines.add(i + 1, "sample", fields);
  }
  const auto record = read(lines);
  ASSERT_TRUE(record);
  const ProbeRecord& page = record->probes.at("page");
  ASSERT_EQ(page.observations.size(), 2u);
  EXPECT_FALSE(page.observations[0].values.contains("latency"));
  EXPECT_EQ(page.samples[0].observation, page.samples[1].observation);
  EXPECT_EQ(page.seen(page.samples[2]).values["status"], 503);
}

TEST(Records, AreTheSameWhicheverWayASampleLineIsWritten) {
  Lines fast, slow;
  fast.begin();
  slow.begin();
  for (int i = 1; i < 4; ++i) {
    fast.add(i, "sample", sample(i, i, i + 1));
    slow.add_spaced(i, "sample", sample(i, i, i + 1));
  }
  const auto left = read(fast);
  const auto right = read(slow);
  ASSERT_TRUE(left && right);
  EXPECT_EQ(left->probes.at("page").samples.size(), 3u);
  EXPECT_EQ(right->probes.at("page").samples.size(), 3u);
  EXPECT_EQ(left->probes.at("page").observations.at(0).values,
            right->probes.at("page").observations.at(0).values);
}

TEST(Records, TolerateATornLastLineWhereverItIsCut) {
  Lines lines;
  lines.begin();
  lines.add(1, "phase", {{"phase", "steady"}});
  const std::string whole = lines.text();
  lines.add(5, "sample", sample(2, 3, 5));
  const std::string text = lines.text();
  for (std::size_t end = whole.size() + 1; end < text.size(); ++end) {
    const auto record = read_record(std::string_view(text).substr(0, end), "", "x");
    ASSERT_TRUE(record) << end;
    EXPECT_TRUE(record->torn);
    EXPECT_TRUE(record->outcome.empty());
    EXPECT_TRUE(record->probes.empty());
  }
  EXPECT_FALSE(read_record(std::string_view(text).substr(0, 40), "", "x"));
  EXPECT_FALSE(read_record("", "", "x"));
}

TEST(Records, RefuseABrokenChainAndNameTheLine) {
  Lines lines;
  lines.begin();
  lines.add(1, "phase", {{"phase", "steady"}});
  lines.add(5, "sample", sample(2, 3, 5));
  lines.add(6, "end", {{"outcome", "completed"}});
  std::string text = lines.text();
  // A value changed in line 3 shows at the line that follows.
  text.replace(text.find("\"status\":200"), 12, "\"status\":500");
  const auto changed = read_record(text, "", "drill.jsonl");
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().where.line, 4);
  EXPECT_NE(changed.error().text().find("drill.jsonl:4"), std::string::npos);
  // So does a line taken out.
  std::string cut = lines.text();
  const auto first = cut.find('\n') + 1;
  cut.erase(first, cut.find('\n', first) + 1 - first);
  ASSERT_FALSE(read_record(cut, "", "x"));
  EXPECT_EQ(read_record(cut, "", "x").error().where.line, 2);
}

TEST(Records, RefuseWhatIsNotAJournal) {
  EXPECT_FALSE(read_record("{}\n", "", "x"));
  EXPECT_FALSE(read_record("hello\n", "", "x"));
  EXPECT_FALSE(read_record("\n", "", "x"));
  Lines unknown;
  unknown.begin(3);
  const auto record = read(unknown);
  ASSERT_FALSE(record);
  EXPECT_NE(record.error().what.find("format"), std::string::npos);
  Lines late;
  late.begin();
  late.add(std::int64_t{1} << 62, "phase", {{"phase", "steady"}});
  EXPECT_FALSE(read(late));
}

TEST(Records, HoldNoNumberThatOverflowsWhenItIsCountedOn) {
  Lines lines;
  lines.begin();
  for (const std::int64_t number : {std::int64_t{2147483647}, std::int64_t{1} << 62}) {
    lines.add(1, "fault", {{"fault", "cut"}, {"round", number}, {"step", "injecting"}});
    lines.add(1, "procedure", {{"procedure", "restore"}, {"state", "started"}});
    lines.add(1, "step", {{"procedure", "restore"}, {"index", number}, {"state", "started"}});
    lines.add(1, "fault", {{"fault", "jam"}, {"round", -number}, {"step", "injecting"}});
  }
  const auto record = read(lines);
  ASSERT_TRUE(record) << record.error().text();
  ASSERT_EQ(record->faults.size(), 2u);
  EXPECT_EQ(record->faults[0].round, 1'000'000'000);
  EXPECT_EQ(record->faults[1].round, 0);
  EXPECT_EQ(record->procedures.at(0).steps.at(0).index, 1'000'000'000);
}

TEST(Records, IncludeWhatTheGuardianDid) {
  Lines lines;
  lines.begin();
  lines.add(1, "fault", {{"fault", "cut"}, {"step", "undo-failed"}, {"why", "gone"}});
  Lines guardian(lines.head());
  guardian.add(0, "guardian", {{"journal", "drill.jsonl"}, {"head", lines.head()}});
  guardian.add(0, "undo", {{"by", "guardian"}, {"why", "killed"}, {"done", {"cut reverted"}}});
  guardian.add(0, "residue", {{"what", {"/tmp/left"}}});
  const auto record = read_record(lines.text(), guardian.text(), "x");
  ASSERT_TRUE(record) << record.error().text();
  EXPECT_EQ(record->guardian, (std::vector<std::string>{"guardian: killed", "cut reverted"}));
  EXPECT_EQ(record->residue, std::vector<std::string>{"/tmp/left"});
  EXPECT_EQ(record->faults.at(0).undo_failed, "gone");
  guardian.add(0, "undo", {{"by", "undo"}, {"why", "asked"}, {"done", {"/tmp/left"}}});
  guardian.add(0, "clean", nlohmann::json::object());
  const auto cleaned = read_record(lines.text(), guardian.text(), "x");
  EXPECT_TRUE(cleaned->residue.empty());
  EXPECT_TRUE(cleaned->faults.at(0).undo_failed.empty());
}

TEST(Records, RefuseAGuardiansFileOfAnotherJournal) {
  Lines lines;
  lines.begin();
  Lines other(sha256("another"));
  other.add(0, "guardian", {{"journal", "x"}, {"head", sha256("another")}});
  EXPECT_FALSE(read_record(lines.text(), other.text(), "x"));
}

TEST(Records, AreReadFromAFileWithItsSibling) {
  const TemporaryFolder folder;
  Lines lines;
  lines.begin();
  lines.add(1, "end", {{"outcome", "completed"}});
  Lines guardian(lines.head());
  guardian.add(0, "guardian", {{"journal", "d.jsonl"}, {"head", lines.head()}});
  guardian.add(0, "residue", {{"what", {"x"}}});
  folder.write("d.jsonl", lines.text());
  EXPECT_TRUE(read_record(folder.path() / "d.jsonl")->residue.empty());
  folder.write("d.guardian.jsonl", guardian.text());
  EXPECT_EQ(read_record(folder.path() / "d.jsonl")->residue.size(), 1u);
  EXPECT_FALSE(read_record(folder.path() / "absent.jsonl"));
}

}  // namespace
}  // namespace reprise::testing
