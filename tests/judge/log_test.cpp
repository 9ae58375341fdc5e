// log: lines that must come, or must not.
#include <gtest/gtest.h>

#include "tests/judge/alone.h"
#include "tests/judge/story.h"

namespace reprise::testing {
namespace {

json switched(json more = json::object()) {
  more["service"] = "server";
  more["matches"] = "switched to \\w+";
  return more;
}

json logged(const json& more = json::object()) {
  return with({{"service", "server"}, {"matches", "switched"}}, more);
}

Finding judged_log(const Story& story, const json& options) { return alone(story, "log", options); }

// Commanded at 6 s, the first victim at 6.005 s, healed at 16 s; the journal ends at 30 s.
Story printed_at(Duration at) {
  Story story;
  story.cut(6s, 16s).says(at, "server", "switched").says(1s, "server", "hello");
  return story;
}

// Printed by the server at 20 s, but not kept whole.
Record with_line(LogLine line) {
  Record record = printed_at(2s).record();
  line.at = 20s;
  line.service = static_cast<std::uint16_t>(std::ranges::find(record.log_services, "server") -
                                            record.log_services.begin());
  record.log.push_back(line);
  return record;
}

TEST(Log, IsLookedForFromTheFirstVictimOn) {
  Story story;
  story.cut(6s, 16s)
      .says(3s, "server", "switched to real")
      .says(8005ms, "server", "switched to sim");
  const Finding finding = Story(story).demand("log", switched({{"within", "2s"}})).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.measured->high, 2s);
  EXPECT_EQ(Story(story).demand("log", switched({{"within", "1999999999ns"}})).finding().status,
            Status::fail);
  EXPECT_EQ(Story(story).demand("log", switched({{"at-least", 2}})).finding().failure,
            "chaos.LogMissing");
  EXPECT_EQ(
      Story(story).demand("log", switched({{"at-least", 2}, {"during", "all"}})).finding().status,
      Status::pass);
}

TEST(Log, CanBeForbidden) {
  Story story;
  story.cut(6s, 16s).says(8s, "server", "switched to sim").says(9s, "server", "well");
  EXPECT_EQ(Story(story).demand("log", switched({{"absent", true}})).finding().status,
            Status::fail);
  EXPECT_EQ(
      Story(story).demand("log", switched({{"absent", true}, {"within", "1s"}})).finding().status,
      Status::pass);
}

TEST(Log, OfASilentOrExternalServiceProvesNothing) {
  Story story;
  story.cut(6s, 16s);
  EXPECT_EQ(Story(story).demand("log", switched({{"absent", true}})).finding().outcome.key,
            "judge.log.silent");
  json options = switched();
  options["service"] = "bank";
  EXPECT_EQ(Story(story).demand("log", options).finding().outcome.key, "judge.log.external");
}

TEST(LogLimits, BeginWithTheCommandAndCountFromTheVictim) {
  EXPECT_EQ(judged_log(printed_at(6s), logged()).measured->low, 0s);
  EXPECT_EQ(judged_log(printed_at(5999ms), logged()).failure, "chaos.LogMissing");
  const Finding later = judged_log(printed_at(8005ms), logged({{"within", "3s"}}));
  EXPECT_EQ(later.measured->low, 2s);
  EXPECT_EQ(later.from, 6005ms);
  EXPECT_EQ(later.to, 9005ms);
  EXPECT_EQ(later.limit, 3s);
}

TEST(LogLimits, EndWithTheFaultWhenAsked) {
  const json during = logged({{"during", "fault"}});
  EXPECT_EQ(judged_log(printed_at(16s), during).status, Status::pass);
  EXPECT_EQ(judged_log(printed_at(16001ms), during).status, Status::fail);
  EXPECT_EQ(judged_log(printed_at(17s), with(during, {{"within", "20s"}})).status, Status::fail);
  EXPECT_EQ(judged_log(printed_at(9s), with(during, {{"within", "1s"}})).status, Status::fail);
  EXPECT_EQ(judged_log(printed_at(17s), logged()).status, Status::pass);
  EXPECT_EQ(judged_log(Story().says(7s, "server", "switched"), during).outcome.key,
            "judge.no-bite");
}

TEST(LogLimits, AreTheWholeDrillWithoutAFault) {
  const Story plain = Story().says(1s, "server", "switched");
  EXPECT_EQ(judged_log(plain, logged()).measured->low, 1s);
  Story blunt;
  blunt.declare("cut").strike("cut", 6s, 16s, 0, false).says(7s, "server", "switched");
  EXPECT_EQ(judged_log(blunt, logged()).outcome.key, "judge.no-bite");
  EXPECT_EQ(judged_log(blunt, logged({{"during", "all"}})).status, Status::pass);
}

TEST(LogLimits, ProveNothingWhenTheDrillEndedBefore) {
  const Story never = printed_at(2s);
  EXPECT_EQ(judged_log(never, logged({{"within", "23995ms"}})).failure, "chaos.LogMissing");
  EXPECT_EQ(judged_log(never, logged({{"within", "23996ms"}})).outcome.key, "judge.log.cut-short");
}

TEST(LogLimits, OfASilenceProveNothingWhenTheDrillEndedBefore) {
  const json silent{{"service", "server"}, {"matches", "panic"}, {"absent", true}};
  const Story story = printed_at(2s);
  EXPECT_EQ(judged_log(story, with(silent, {{"within", "23995ms"}})).status, Status::pass);
  EXPECT_EQ(judged_log(story, with(silent, {{"within", "23996ms"}})).outcome.key,
            "judge.log.cut-short");
}

TEST(LogLimits, CountLinesOfThatServiceOnly) {
  Story story = printed_at(8s);
  story.says(9s, "bank", "switched").says(10s, "server", "switched again");
  const Finding two = judged_log(story, logged({{"at-least", 2}}));
  EXPECT_EQ(two.measured->low, 10s - 6005ms);
  EXPECT_EQ(two.outcome.arguments["count"], 2);
  const Finding three = judged_log(story, logged({{"at-least", 3}}));
  EXPECT_EQ(three.status, Status::fail);
  EXPECT_EQ(three.outcome.arguments["count"], 2);
  EXPECT_EQ(three.cause->log_line, "switched again");
  EXPECT_EQ(judged_log(story, with(logged(), {{"service", "unknown"}})).status, Status::fail);
}

TEST(LogLimits, OfEvidenceMakeNothingOfTooFewLines) {
  const json evidence = logged({{"evidence", true}});
  EXPECT_EQ(judged_log(printed_at(8s), evidence).status, Status::pass);
  const Finding none = judged_log(printed_at(2s), evidence);
  EXPECT_EQ(none.status, Status::inconclusive);
  EXPECT_EQ(none.outcome.key, "judge.log.no-evidence");
  EXPECT_EQ(none.outcome.arguments["wanted"], 1);
  EXPECT_FALSE(none.cause);
}

TEST(LogLimits, ProveNothingWhereLinesWereLeftOut) {
  Record record = printed_at(2s).record();
  const auto server = static_cast<std::uint16_t>(std::ranges::find(record.log_services, "server") -
                                                 record.log_services.begin());
  record.log.push_back({20s, server, "[reprise: 7 lines left out]", true});
  record.log.back().unsearched = true;
  const json silent{{"service", "server"}, {"matches", "panic"}, {"absent", true}};
  EXPECT_EQ(alone(record, "log", logged()).outcome.key, "judge.log.gaps");
  EXPECT_EQ(alone(record, "log", silent).outcome.key, "judge.log.gaps");
  // The last line before the gap came at 2 s: what is missing may have come in the first second.
  const json soon{{"within", "1s"}};
  EXPECT_EQ(alone(record, "log", with(silent, soon)).outcome.key, "judge.log.gaps");
  record.log.insert(record.log.end() - 1, {10s, server, "still here"});
  EXPECT_EQ(alone(record, "log", with(silent, soon)).status, Status::pass);
  record.log.back().line = "panic";
  EXPECT_EQ(alone(record, "log", silent).outcome.key, "judge.log.gaps") << "nobody printed it";
}

TEST(LogLimits, CountWhatWasFoundBeforeALineWasCut) {
  LogLine line;
  line.cut = true;
  line.line = "a long line";
  line.found["switched"] = 1;
  EXPECT_EQ(alone(with_line(line), "log", logged()).status, Status::pass);
  line.found.clear();
  EXPECT_EQ(alone(with_line(line), "log", logged()).failure, "chaos.LogMissing");
  const json at_its_end{{"service", "server"}, {"matches", "line$"}};
  EXPECT_EQ(alone(with_line(line), "log", at_its_end).failure, "chaos.LogMissing")
      << "where it was cut is not its end";
  line.unsearched = true;
  EXPECT_EQ(alone(with_line(line), "log", logged()).outcome.key, "judge.log.gaps");
}

TEST(LogLimits, CountWhatWasFoundInLinesThatWereLeftOut) {
  LogLine line;
  line.gap = true;
  line.line = "[reprise: 9 lines left out]";
  line.found["switched"] = 3;
  Record record = with_line(line);
  EXPECT_EQ(alone(record, "log", logged()).outcome.key, "judge.log.gaps")
      << "they may have been printed before the fault";
  line.found.clear();
  EXPECT_EQ(alone(with_line(line), "log", logged()).failure, "chaos.LogMissing")
      << "they were searched before they were left out";
  record.log.insert(record.log.end() - 1, {7s, record.log.back().service, "still here"});
  EXPECT_EQ(alone(record, "log", logged({{"at-least", 3}})).status, Status::pass);
  EXPECT_EQ(alone(record, "log", logged({{"at-least", 4}})).failure, "chaos.LogMissing");
}

TEST(LogLimits, AreHeldAfterEachIncidentOnlyWhereATimeCountsFromIt) {
  Story story = Story().declare("kill", 2).says(7s, "server", "switched");
  story.strike("kill", 6s, std::nullopt, 0).strike("kill", 12s, std::nullopt, 1);
  EXPECT_EQ(judged_log(story, logged()).status, Status::pass);
  EXPECT_EQ(judged_log(story, logged({{"within", "5s"}})).failure, "chaos.LogMissing");
  story.says(13s, "server", "switched");
  EXPECT_EQ(judged_log(story, logged({{"within", "5s"}})).status, Status::pass);
}

TEST(Log, StatesWhatItDemands) {
  auto key = [](const json& more) {
    return judged_log(printed_at(8s), logged(more)).statement.key;
  };
  EXPECT_EQ(key(json::object()), "judge.log.statement");
  EXPECT_EQ(key({{"within", "5s"}}), "judge.log.statement-within");
  EXPECT_EQ(key({{"absent", true}}), "judge.log.statement-absent");
  EXPECT_EQ(key({{"absent", true}, {"within", "5s"}}), "judge.log.statement-absent-within");
}

TEST(Log, ThatIsForbiddenShowsTheLine) {
  const Finding finding = judged_log(printed_at(8s), logged({{"absent", true}, {"within", "5s"}}));
  EXPECT_EQ(finding.failure, "chaos.LogForbidden");
  EXPECT_EQ(finding.cause->log_at, 8s);
  EXPECT_FALSE(finding.limit);
}

TEST(Log, NeedsAPatternThatCanBeRead) {
  EXPECT_EQ(judged_log(printed_at(8s), logged({{"matches", "("}})).outcome.key, "judge.unreadable");
}

TEST(LogLimits, AreHeldAgainstTheLineWithWhichThereWereEnough) {
  const Story story = printed_at(8s).says(10s, "server", "switched");
  EXPECT_EQ(judged_log(story, logged()).measured->high, 8s - 6005ms);
  EXPECT_EQ(judged_log(story, logged({{"at-least", 2}})).measured->high, 10s - 6005ms);
}

TEST(LogLimits, CountFromNoIncidentThatIsNotThere) {
  EXPECT_EQ(judged_log(printed_at(8s), logged({{"incident", "nobody"}})).outcome.key,
            "judge.no-bite");
}

}  // namespace
}  // namespace reprise::testing
