// Which instants of a schedule were looked at, and what a sample is taken for.
#include "harness/judge/timeline.h"

#include <gtest/gtest.h>

namespace reprise {
namespace {

using nlohmann::json;

// A probe "page" every 100 ms whose samples, of 10 ms each, all saw status 200.
Record seen_at(const std::vector<Duration>& instants, const std::vector<Duration>& skipped = {}) {
  Record record;
  record.plan.probes["page"].every = 100ms;
  ProbeRecord& probe = record.probes["page"];
  probe.observations = {{"answered", {{"status", 200}}}};
  for (const Duration at : instants) probe.samples.push_back({at, at, at + 10ms, 0});
  probe.skipped = skipped;
  return record;
}

Expected expected(const json& value) { return *Expected::parse(value); }

Timeline line_of(const Record& record) {
  return timeline(record, "page", expected({{"status", 200}}), Match::at_least);
}

// "1000 1100?": the instants in milliseconds, a question mark behind those nobody looked at.
std::string shown(const std::vector<Point>& points) {
  std::string out;
  for (const Point& point : points) {
    if (!out.empty()) out += ' ';
    out += std::to_string(point.intended / 1ms);
    if (point.sight == Truth::unknown) out += '?';
  }
  return out;
}

TEST(Timeline, KnowsTheInstantsThatAreMissingFromTheSchedule) {
  EXPECT_EQ(shown(line_of(seen_at({0ms, 150ms, 300ms})).points), "0 150 300");
  EXPECT_EQ(shown(line_of(seen_at({0ms, 151ms})).points), "0 100? 151");
  EXPECT_EQ(shown(line_of(seen_at({0ms, 300ms})).points), "0 100? 200? 300");
  EXPECT_EQ(shown(line_of(seen_at({0ms, 400ms})).points), "0 100? 200? 300? 400");
  EXPECT_EQ(shown(line_of(seen_at({7000ms, 7300ms})).points), "7000 7100? 7200? 7300");
}

TEST(Timeline, HoldsTheSkippedInstantsInTheirPlaces) {
  EXPECT_EQ(shown(line_of(seen_at({100ms, 300ms}, {0ms, 200ms, 400ms, 500ms})).points),
            "0? 100 200? 300 400? 500?");
  EXPECT_EQ(shown(line_of(seen_at({}, {0ms, 100ms})).points), "0? 100?");
}

TEST(Timeline, GuessesNothingWithoutAnInterval) {
  Record record = seen_at({1000ms, 9000ms});
  record.plan.probes["page"].every = Duration::zero();
  const Timeline line = line_of(record);
  EXPECT_EQ(shown(line.points), "1000 9000");
  EXPECT_EQ(shown(line.within({0s, 20s})), "1000 9000");
  record.plan.probes.clear();
  EXPECT_EQ(shown(line_of(record).points), "1000 9000");
}

TEST(Timeline, OfAnUnknownProbeIsEmpty) {
  const Timeline line = timeline(Record{}, "page", expected({{"status", 200}}), Match::at_least);
  EXPECT_EQ(line.probe, nullptr);
  EXPECT_TRUE(line.points.empty());
}

TEST(Timeline, NeedsASampleAtBothEndsOfAWindow) {
  const Timeline line = line_of(seen_at({1000ms, 1100ms, 1200ms}));
  EXPECT_EQ(shown(line.within({850ms, 1350ms})), "1000 1100 1200");
  EXPECT_EQ(shown(line.within({849ms, 1350ms})), "849? 1000 1100 1200");
  EXPECT_EQ(shown(line.within({850ms, 1351ms})), "1000 1100 1200 1300?");
  EXPECT_EQ(shown(line.within({1100ms, 1199ms})), "1100");
  // Whatever was out or answered in it belongs to a window, ends included.
  EXPECT_EQ(shown(line.within({1110ms, 1200ms})), "1100 1200");
  EXPECT_EQ(shown(line.within({1111ms, 1200ms})), "1200");
  EXPECT_EQ(shown(line.within({5s, 6s})), "");
}

TEST(Timeline, AllowsTheSamplerTwentyMillisecondsToWakeUp) {
  Record record = seen_at({1000ms, 1010ms, 1020ms});
  record.plan.probes["page"].every = 10ms;
  const Timeline line = line_of(record);
  EXPECT_EQ(shown(line.within({970ms, 1050ms})), "1000 1010 1020");
  EXPECT_EQ(shown(line.within({969ms, 1051ms})), "969? 1000 1010 1020 1030?");
}

TEST(Unusable, IsAProbeWithoutSamplesOrWithoutAnAnswer) {
  ProbeRecord probe;
  probe.observations = {{"refused", json::object()}, {"answered", json::object()}};
  probe.samples = {{0s, 0s, 1s, 0}, {1s, 1s, 2s, 1}};
  const Point refused{0s, 1s, Truth::fails, &probe.samples[0]};
  const Point answered{1s, 2s, Truth::fails, &probe.samples[1]};
  const Point awaited{0s, 1s, Truth::holds, &probe.samples[0]};
  const Point unknown{2s, 2s, Truth::unknown, nullptr};
  auto why = [&](const std::vector<Point>& line, const std::vector<Point>& points) {
    const auto message = unusable({&probe, 1s, line}, "page", points);
    return message ? message->key : std::string();
  };
  EXPECT_EQ(why({answered}, {unknown}), "judge.no-samples");
  EXPECT_EQ(why({refused, unknown}, {refused}), "judge.never-answered");
  EXPECT_EQ(why({refused, answered}, {refused}), "");
  EXPECT_EQ(why({awaited}, {awaited}), "");
}

TEST(Points, AreCountedBySightAndMeasured) {
  const Sample sample{};
  const std::vector<Point> points{{0s, 3s, Truth::fails, &sample},
                                  {1s, 2s, Truth::holds, &sample},
                                  {4s, 9s, Truth::unknown, nullptr},
                                  {5s, 6s, Truth::fails, &sample}};
  EXPECT_EQ(count(points, Truth::fails), 2u);
  EXPECT_EQ(count(points, Truth::unknown), 1u);
  EXPECT_EQ(largest_latency(points), 3s);
  EXPECT_EQ(largest_latency({}), 0s);
}

// Levels that differ by latency alone: nominal below 100 ms, degraded below 200 ms.
Record leveled(const json& nominal, const json& degraded) {
  Record record = seen_at({0s});
  Levels& levels = record.scenario.levels["page"];
  levels.nominal = *Expectation::parse(nominal);
  levels.degraded = *Expectation::parse(degraded);
  return record;
}

TEST(Levels, AreTakenFromTheLatencyOfEachSampleWhereTheyAskForIt) {
  const json ok{{"status", 200}};
  const json quick{{"latency", {{"<", "100ms"}}}};
  const json slow{{"latency", {{"<", "200ms"}}}};
  const Sample in_time{0s, 0s, 50ms, 0}, late{1s, 1s, 1150ms, 0}, down{2s, 2s, 2500ms, 0};
  const Record record = leveled(quick, slow);
  const Classifier classifier(record, "page");
  EXPECT_EQ(classifier.level(in_time), Level::nominal);
  EXPECT_EQ(classifier.level(late), Level::degraded);
  EXPECT_EQ(classifier.level(down), Level::down);
  const Matcher exactly(record, "page", expected("degraded"), Match::exactly);
  EXPECT_EQ(exactly.of(in_time), Truth::fails);
  EXPECT_EQ(exactly.of(late), Truth::holds);
  const Matcher at_least(record, "page", expected("degraded"), Match::at_least);
  EXPECT_EQ(at_least.of(in_time), Truth::holds);
  EXPECT_EQ(at_least.of(down), Truth::fails);
  // One of the two levels is enough to need the latency, and a predicate of its own too.
  const Record one = leveled({{"status", 201}}, slow);
  EXPECT_EQ(Classifier(one, "page").level(late), Level::degraded);
  EXPECT_EQ(Classifier(one, "page").level(down), Level::down);
  const Record other = leveled(quick, ok);
  EXPECT_EQ(Classifier(other, "page").level(down), Level::degraded);
  EXPECT_EQ(Matcher(other, "page", expected(quick), Match::exactly).of(in_time), Truth::holds);
  EXPECT_EQ(Matcher(other, "page", expected(quick), Match::exactly).of(late), Truth::fails);
}

TEST(Observations, AreGivenTheLatencyOfTheirSample) {
  const Sample sample{1s, 2s, 3s, 0};
  EXPECT_EQ(with_latency({"refused", nullptr}, sample).values, (json{{"latency", 2'000'000'000}}));
  EXPECT_EQ(with_latency({"answered", {{"status", 200}}}, sample).values,
            (json{{"status", 200}, {"latency", 2'000'000'000}}));
}

TEST(Timeline, HasHolesWhereMoreInstantsAreMissingThanItStandsFor) {
  const Timeline filled = line_of(seen_at({0ms, 1700ms}));
  EXPECT_EQ(filled.points.size(), 18U);
  EXPECT_FALSE(filled.holes);
  const Timeline holed = line_of(seen_at({0ms, 3s}));
  EXPECT_TRUE(holed.holes);
  EXPECT_EQ(count(holed.points, Truth::unknown), 17U);
  EXPECT_EQ(holed.points[17].intended, 2900ms) << "next to the one after it";
}

}  // namespace
}  // namespace reprise
