// Whole drills of the faults that need something beneath the system before it is started.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/undo/sandbox.h"
#include "tests/support/program.h"

namespace reprise::testing {
namespace {

using ::testing::HasSubstr;

// Answers with the date, once a note of the visit is on its disk; 500 when it cannot be written.
constexpr auto server = R"(
import http.server, os, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            with open('data/visits', 'a') as visits:
                visits.write(self.path + '\n')
                visits.flush()
                os.fsync(visits.fileno())
            status = 200
        except OSError:
            status = 500
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b'{"year": "%s"}' % time.strftime('%Y').encode())
os.makedirs('data', exist_ok=True)
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
)";

constexpr auto plan = R"(reprise: 1
plan: shop
objectives: {rto: 5s}
system:
  folder: system
  services:
    web:
      command: [python3, server.py, "${port}"]
      ready: {http: {url: "http://${services.web.address}/"}, every: 20ms}
  disks: {data: {path: data, size: 4MiB}}
probes:
  home: {http: {url: "http://${services.web.address}/"}, every: 100ms, timeout: 2s}
defaults:
  levels: {home: {nominal: {status: 200}}}
  steady-state: [{probe: home, expect: nominal}]
  steady: {for: 300ms, within: 15s}
)";

class InstrumentedDrill : public ::testing::Test {
 protected:
  Finished drill(const std::string& fault, const std::string& degraded,
                 std::vector<std::string> options = {}) {
    write_file(place_.folder() / "shop/plan.yaml", plan);
    write_file(place_.folder() / "shop/system/server.py", server);
    write_file(place_.folder() / "shop/it.yaml",
               "reprise: 1\nscenario: it\nfaults: [" + fault +
                   "]\nassertions:\n"
                   "  - fallback: {probe: home, expect: " +
                   degraded +
                   ", within: 900ms}\n"
                   "  - recovery: {probe: home, expect: nominal, within: rto, sustained: 200ms}\n");
    std::vector<std::string> words{"run", "shop", "--out", "out"};
    words.insert(words.end(), options.begin(), options.end());
    return place_.run(words);
  }
  // What the journal says of the first victim.
  [[nodiscard]] std::string evidence() const {
    for (const auto& event : read_events(place_.folder() / "out/journals/shop/it.jsonl")) {
      if (event.value("step", "") == "bit") return event.at("evidence");
    }
    return {};
  }
  void SetUp() override {
    const auto sandbox = try_sandbox();
    if (!sandbox) GTEST_SKIP() << "no sandbox on this machine: " << sandbox.error().text();
  }
  Workplace place_;
};

TEST_F(InstrumentedDrill, AServiceWhoseClockIsWrongSaysSo) {
  const Finished done =
      drill("{inject: clock_skew, into: web, with: {by: +100years}, at: 100ms, for: 1s}",
            "{status: 200, json: {/year: {matches: '2[1-9]..'}}}");
  EXPECT_EQ(done.code, 0) << done.out << done.err;
  EXPECT_THAT(evidence(), HasSubstr("of the clock"));
  EXPECT_THAT(evidence(), HasSubstr("100years ahead"));
}

TEST_F(InstrumentedDrill, AServiceWhoseClockIsWrongNeedsNoSandbox) {
  const Finished done =
      drill("{inject: clock_skew, into: web, with: {by: -20years}, at: 100ms, for: 1s}",
            "{status: 200, json: {/year: {matches: '20[01].'}}}", {"--sandbox", "off"});
  EXPECT_EQ(done.code, 0) << done.out << done.err;
}

TEST_F(InstrumentedDrill, AServiceWhoseDiskFailsRecovers) {
  const Finished done = drill(
      "{inject: disk_error, into: data, with: {on: [fsync]}, at: 100ms, for: 1s}", "{status: 500}");
  EXPECT_EQ(done.code, 0) << done.out << done.err;
  EXPECT_THAT(evidence(), HasSubstr("failed with EIO"));
}

TEST_F(InstrumentedDrill, ADiskWhoseFailingFilesNobodyUsesIsInconclusive) {
  const Finished done = drill(
      "{inject: disk_error, into: data, with: {files: nobody}, at: 100ms, for: 1s}", "nominal");
  EXPECT_EQ(done.code, 3) << done.out << done.err;
  EXPECT_EQ(evidence(), "");
}

TEST_F(InstrumentedDrill, ADiskThatCannotFailHereKeepsTheDrillFromBeginning) {
  const Finished done = drill("{inject: disk_error, into: data, at: 100ms, for: 1s}",
                              "{status: 500}", {"--sandbox", "off"});
  EXPECT_EQ(done.code, 3) << done.out << done.err;
  EXPECT_THAT(done.out, HasSubstr("only in a sandbox"));
}

}  // namespace
}  // namespace reprise::testing
