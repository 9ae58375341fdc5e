#include "harness/judge/figures.h"

#include <gtest/gtest.h>

#include "tests/judge/story.h"

namespace reprise::testing {
namespace {

ProbeFigures figures(const Story& story) { return figures_of(story.record()).at(0); }

constexpr double year = 365.0 * 24 * 3600;

TEST(Figures, TellWhatEachProbeSaw) {
  Story story;
  story.kill(6s).page(6s, 7s, refused).page(7s, 9s, degraded, 40ms);
  const ProbeFigures page = figures(story);
  EXPECT_EQ(page.probe, "page");
  EXPECT_EQ(page.scheduled, 250u);
  EXPECT_EQ(page.down, 10u);
  EXPECT_EQ(page.degraded, 20u);
  EXPECT_EQ(page.nominal, 220u);
  EXPECT_EQ(page.skipped, 0u);
  EXPECT_EQ(page.latency_p50, 10ms);
  EXPECT_EQ(page.latency_p99, 40ms);
  EXPECT_EQ(page.latency_max, 40ms);
  EXPECT_EQ(page.late_p99, 0ms);
  EXPECT_EQ(page.longest_outage, 1040ms);
  EXPECT_EQ(page.resolution, 140ms);
  EXPECT_EQ(page.detected, 10ms);
  EXPECT_EQ(page.first_fallback, 1040ms);
  EXPECT_EQ(page.flaps, 0);
  EXPECT_NEAR(*page.budget_spent, 1.040 / (year * 0.001), 1e-9);
}

TEST(Figures, CountWhatWasSkippedOrLateInsideTheDrillOnly) {
  Story story;
  story.kill(6s).skipped(2s, 3s).skipped(20s, 20500ms).sent_late(10s, 11s, 30ms);
  const ProbeFigures page = figures(story);
  EXPECT_EQ(page.skipped, 5u);
  EXPECT_EQ(page.scheduled, 250u);
  EXPECT_EQ(page.late_p99, 30ms);
}

TEST(Figures, SumTheOutagesAndKeepTheLongest) {
  Story story;
  story.kill(6s).page(6s, 8s, refused).page(12s, 13s, refused);
  const ProbeFigures page = figures(story);
  EXPECT_EQ(page.longest_outage, 2010ms);
  EXPECT_NEAR(*page.budget_spent, (2.010 + 1.010) / (year * 0.001), 1e-9);
  EXPECT_EQ(page.flaps, 1);
}

TEST(Figures, TakeAnOutageThatDidNotEndToLastToTheEndOfTheDrill) {
  Story story;
  story.kill(6s).page(28s, 30s, refused).event(31s, "note", json::object());
  EXPECT_EQ(figures(story).longest_outage, 3s);
}

TEST(Figures, SpendABudgetOnlyWhereThereIsOne) {
  Story story;
  story.kill(6s).page(6s, 8s, refused);
  story.plan()["objectives"] = {{"availability", "100%"}};
  EXPECT_FALSE(figures(story).budget_spent);
  story.plan()["objectives"] = {{"rto", "10s"}};
  EXPECT_FALSE(figures(story).budget_spent);
}

TEST(Figures, CallAProbeFlappingWhenItLeftNominalMoreOftenThanItWasStruck) {
  Story story;
  story.declare("kill", 2).strike("kill", 6s, std::nullopt, 0);
  story.page(6s, 6500ms, refused).page(6500ms, 7s, degraded).page(11s, 12s, degraded);
  EXPECT_EQ(figures(story).flaps, 1);
  story.strike("kill", 11s, std::nullopt, 1);
  EXPECT_EQ(figures(story).flaps, 0);
  EXPECT_EQ(figures(Story().page(6s, 7s, broken)).flaps, 0);
}

TEST(Figures, CountDetectionFromTheCommandToTheFirstAnswerThatDiffers) {
  Story story;
  story.kill(6s).page(5200ms, 5300ms, degraded);  // before the fault: not its doing
  EXPECT_FALSE(figures(story).detected);
  EXPECT_FALSE(figures(story).first_fallback);
  // The request that waited longest was sent first and answered last.
  story.page_at(6s, timed_out, 12s).page(6100ms, 7s, refused);
  story.page_at(7s, degraded, 9s).page(7100ms, 8s, degraded);
  EXPECT_EQ(figures(story).detected, 110ms);
  EXPECT_EQ(figures(story).first_fallback, 1110ms);
  story.page_at(5900ms, refused, 6s);
  EXPECT_EQ(figures(story).detected, 0ms);
}

TEST(Figures, DetectNothingWithoutAFault) {
  EXPECT_FALSE(figures(Story().page(6s, 7s, broken)).detected);
}

// Its text was cut before the word that the level looks for: it may have been there.
Observation cut_short() {
  Observation seen = nominal;
  seen.values["cut"] = {"status"};
  return seen;
}

TEST(Figures, CountWhatNobodyCanTellApartFromWhatWasDown) {
  Story story;
  story.kill(6s).page(6s, 7s, refused).page(7s, 8s, cut_short()).page(8s, 9s, refused);
  const ProbeFigures page = figures(story);
  EXPECT_EQ(page.unknown, 10u);
  EXPECT_EQ(page.down, 20u);
  EXPECT_EQ(page.nominal + page.degraded + page.down + page.unknown, page.scheduled);
  EXPECT_EQ(page.longest_outage, 3010ms) << "it ends no outage";
  EXPECT_EQ(page.flaps, 0);
  story.page(6s, 9s, cut_short());
  EXPECT_EQ(figures(story).longest_outage, 0s) << "it begins none";
  EXPECT_FALSE(figures(story).detected) << "and detects nothing";
}

TEST(Figures, OfAForgedJournalCannotOverflow) {
  constexpr Duration latest{std::int64_t{1} << 60};
  Record record;
  record.plan.objectives.availability = 0.999;
  ProbeRecord& probe = record.probes["page"];
  probe.observations = {{"refused", json::object()}, {"answered", json::object()}};
  for (unsigned i = 0; i < 12; ++i) probe.samples.push_back({-latest, -latest, latest, i % 2});
  const ProbeFigures page = figures_of(record).at(0);
  EXPECT_EQ(page.longest_outage, 2 * latest);
  EXPECT_NEAR(*page.budget_spent, 12 * 1.152921504606846976e9 / (year * 0.001), 1e-3);
}

TEST(Figures, OfAProbeWithoutSamplesAreZero) {
  Story story;
  story.kill(6s).unrecorded(0s, 30s).skipped(6s, 7s);
  const ProbeFigures page = figures(story);
  EXPECT_EQ(page.scheduled, 10u);
  EXPECT_EQ(page.latency_max, 0ms);
  EXPECT_EQ(page.resolution, 100ms);
}

}  // namespace
}  // namespace reprise::testing
