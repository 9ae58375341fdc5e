// Measured recovery times contain the truth: a service with a scripted outage writes down its own
// true down and up instants, and every measured interval must hold their difference.
#include <gtest/gtest.h>

#include "tests/support/program.h"

namespace reprise::testing {
namespace {

constexpr auto plan = R"(
reprise: 1
plan: truth
objectives: {rto: 5s}
system:
  folder: system
  services:
    web:
      command: [python3, outage.py]
      env: {PORT: "${port}"}
      ready: {http: {url: "http://${services.web.address}/"}, every: 20ms}
  links:
    beside: {from: web, to: web, protocol: tcp}
probes:
  page: {http: {url: "http://${services.web.address}/"}, every: 20ms, timeout: 2s}
  beside: {http: {url: "http://${links.beside.address}/"}, every: 20ms, timeout: 2s}
)";

constexpr auto scenario = R"(
reprise: 1
scenario: outage
levels: {page: {nominal: {status: 200}}}
steady-state: [{probe: page, expect: nominal}]
steady: {for: 60ms, within: 15s}
sustained: 60ms
faults:
  - inject: command
    with: {inject: [python3, trigger.py, "http://${services.web.address}/outage"]}
assertions:
  - recovery: {probe: page, expect: nominal, within: rto}
)";

// The service's own words: "down 123…" or "up 123…", nanoseconds of the monotonic clock.
std::int64_t said(const std::vector<nlohmann::json>& events, const std::string& word) {
  for (const auto& event : events) {
    if (event.at("event") != "log") continue;
    const std::string line = event.at("line");
    if (line.starts_with(word + " ")) return std::stoll(line.substr(word.size() + 1));
  }
  ADD_FAILURE() << "the service never said " << word;
  return 0;
}

// The same outage, beside a condition that harms nobody and lasts longer: what it is given to heal
// is not the system's.
constexpr auto accompanied = R"(
reprise: 1
scenario: accompanied
levels: {page: {nominal: {status: 200}}, beside: {nominal: {status: 200}}}
steady-state: [{probe: page, expect: nominal}, {probe: beside, expect: nominal}]
steady: {for: 60ms, within: 15s}
sustained: 60ms
faults:
  - {inject: network_delay, into: beside, with: {delay: 1ms}, for: 600ms}
  - inject: command
    at: 100ms
    with: {inject: [python3, trigger.py, "http://${services.web.address}/outage"]}
assertions:
  - recovery: {probe: page, expect: nominal, within: rto}
)";

// How many outages were judged; of each the truth must lie inside the measured interval.
int judged_outages(const std::string& outage, int repeats, std::string& told) {
  // Exact instants: the program as it is shipped, not the sanitized one.
  ::setenv("REPRISE_PROGRAM", REPRISE_SOURCE_DIR "/build/release/reprise", /*overwrite=*/0);
  Workplace place;
  const auto scripts = std::filesystem::path(REPRISE_SOURCE_DIR) / "tests/truth";
  write_file(place.folder() / "truth/plan.yaml", plan);
  write_file(place.folder() / "truth/outage.yaml", outage);
  for (const char* script : {"outage.py", "trigger.py"}) {
    write_file(place.folder() / "truth/system" / script, read_file(scripts / script));
  }
  const Finished done =
      place.run({"run", "truth", "--repeat", std::to_string(repeats), "--jobs", "2"});
  const auto summary = nlohmann::json::parse(read_file(place.folder() / "out/summary.json"),
                                             nullptr, /*allow_exceptions=*/false);
  told += done.out + done.err;
  EXPECT_TRUE(summary.is_object()) << told;
  if (!summary.is_object()) return 0;
  int judged = 0;
  for (const auto& drill : summary.at("drills")) {
    const auto events = read_events(place.folder() / "out" / drill.at("journal"));
    const std::int64_t truth = said(events, "up") - said(events, "down");
    for (const auto& finding : drill.at("findings")) {
      if (finding.at("kind") != "recovery" || finding.at("status") == "inconclusive") continue;
      ++judged;
      EXPECT_LE(finding.at("measured").at("low_ns").get<std::int64_t>(), truth);
      EXPECT_GE(finding.at("measured").at("high_ns").get<std::int64_t>(), truth);
    }
  }
  return judged;
}

// A late observer makes a drill inconclusive, which is honest: some are run to spare, and more on a
// machine that was busy with something else.
void expect_judged(const std::string& outage, int wanted, int spare) {
  std::string told;
  int judged = judged_outages(outage, wanted + spare, told);
  for (int again = 0; again < 2 && judged < wanted; ++again) {
    judged += judged_outages(outage, 2 * spare, told);
  }
  EXPECT_GE(judged, wanted) << told;
}

TEST(Truth, LiesInsideTheMeasuredIntervalEveryTime) { expect_judged(scenario, 200, 25); }

TEST(Truth, IsCountedFromTheEventBesideAConditionThatLastsLonger) {
  expect_judged(accompanied, 6, 3);
}

}  // namespace
}  // namespace reprise::testing
