// Samples whose level nobody can tell are a class of their own, not an outage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/live.h"
#include "reports/series.h"
#include "tests/reports/sample_runs.h"

namespace reprise::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// From 6 s to 7 s what the dashboard said was not kept.
Drill half_seen() {
  Drill drill = passed_drill();
  ProbeRecord& probe = drill.record.probes["dashboard"];
  probe.observations.push_back({"answered", {{"status", 200}, {"cut", {"json /mode"}}}});
  for (Sample& sample : probe.samples) {
    if (sample.intended < 6s || sample.intended >= 7s) continue;
    sample.observation = static_cast<std::uint32_t>(probe.observations.size() - 1);
    ++drill.verdict.figures[0].unknown;
  }
  drill.verdict.figures[0].longest_outage = 0s;
  return drill;
}

TEST(WhatNobodyCanTell, IsAClassBetweenDegradedAndDown) {
  EXPECT_EQ(class_of(std::nullopt), Class::unknown);
  EXPECT_EQ(class_of(Level::down), Class::down);
  EXPECT_EQ(class_name(class_of(Level::degraded)), "degraded");
  EXPECT_EQ(class_word(Class::unknown, "fr"), "inconnu");
}

TEST(WhatNobodyCanTell, IsAStretchOfItsOwn) {
  const Drill drill = half_seen();
  const ProbeRecord& probe = drill.record.probes.at("dashboard");
  const auto seen = classes_seen(drill.record, probe);
  const auto all = stretches(probe, seen, 400);
  const auto untold = std::ranges::find(all, Class::unknown, &Stretch::worst);
  ASSERT_NE(untold, all.end());
  EXPECT_EQ(untold->counted[static_cast<std::size_t>(Class::unknown)], 20u);
  EXPECT_EQ(std::ranges::count(seen, Class::down), 0);
  const auto joined = stretches(probe, seen, 1);
  EXPECT_EQ(joined.size(), 1u);
  EXPECT_EQ(joined[0].worst, Class::unknown);
}

TEST(WhatNobodyCanTell, IsDrawnCountedAndExplained) {
  const std::string page = rendered("html", run_of({half_seen()}));
  EXPECT_THAT(page, AllOf(HasSubstr("<path class=\"bars unknown\""),
                          HasSubstr("<span class=\"level unknown\">unknown</span>"),
                          HasSubstr("one sample each whose level nobody can tell"),
                          HasSubstr("<th scope=\"col\" class=\"n\">unknown</th>"),
                          HasSubstr("data-label=\"unknown\">20</td>"), HasSubstr(">none seen<")));
  EXPECT_THAT(rendered("html", run_of({passed_drill()})),
              AllOf(Not(HasSubstr("bars unknown")), Not(HasSubstr(">unknown<"))));
  EXPECT_THAT(rendered("html", run_of({half_seen()}), "fr"), HasSubstr(">inconnu<"));
  EXPECT_THAT(rendered("json", run_of({half_seen()})), HasSubstr("\"unknown\": 20"));
}

TEST(WhatNobodyCanTell, IsToldWhileTheDrillRuns) {
  Followed followed;
  followed.take({{"event", "drill"},
                 {"plan", json::object()},
                 {"scenario",
                  {{"scenario", "s"},
                   {"steady", json::object()},
                   {"levels", {{"p", {{"nominal", {{"text", {{"contains", "well"}}}}}}}}}}}});
  const auto see = [&](const json& values) {
    followed.take({{"event", "sample"}, {"probe", "p"}, {"o", "answered"}, {"v", values}});
    return followed.probes().at("p");
  };
  EXPECT_EQ(see({{"text", "all well"}}), Class::nominal);
  EXPECT_EQ(see({{"text", "all"}, {"cut", {"text"}}}), Class::unknown);
  EXPECT_EQ(see({{"text", "bad"}}), Class::down);
}

}  // namespace
}  // namespace reprise::testing
