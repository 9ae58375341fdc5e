// What `check` refuses with the kinds that are shipped, where their own declarations say so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/program.h"
#include "tests/support/shop.h"

namespace reprise::testing {
namespace {

using ::testing::HasSubstr;

class Check : public ::testing::Test {
 protected:
  // `entries` stand under `system`, beside its one service.
  Finished check(const std::string& entries) {
    std::string plan = Shop{}.plan();
    plan.insert(plan.find("probes:\n"), entries);
    write_file(place_.folder() / "shop/plan.yaml", plan);
    write_file(place_.folder() / "shop/one.yaml", R"(reprise: 1
scenario: one
faults: [{inject: process_kill, into: web}]
assertions: [{recovery: {probe: home, expect: nominal, within: rto}}]
)");
    return place_.run({"check", "shop"});
  }

 private:
  Workplace place_;
};

TEST_F(Check, KnowsTheServicesAndFilesThatStepsName) {
  for (const char* step : {"start: wbe", "stop: [web, wbe]", "restart: wbe"}) {
    const Finished done = check(fmt::format("  procedures: {{p: {{steps: [{{{}}}]}}}}\n", step));
    EXPECT_EQ(done.code, 2) << step;
    EXPECT_THAT(done.err, HasSubstr("'wbe' is not a service of this plan"));
  }
  const Finished done = check("  files: {f: data/f}\n  procedures: {p: {steps: [{delete: g}]}}\n");
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("'g' is not a file of this plan (there is: f)"));
}

TEST_F(Check, LetsNoStepStartOrStopWhatIsExternal) {
  for (const char* step : {"start", "stop", "restart"}) {
    const Finished done =
        check(fmt::format("    ext: {{external: true, address: \"127.0.0.1:9\"}}\n"
                          "  procedures: {{p: {{steps: [{{{}: ext}}]}}}}\n",
                          step));
    EXPECT_EQ(done.code, 2) << step;
    EXPECT_THAT(done.err, HasSubstr("the service 'ext' is external"));
  }
}

TEST_F(Check, WantsReadinessToBeShownByTheServiceItself) {
  for (const char* probe : {"process: {service: web}", "file: {path: x}", "backups: {folder: x}",
                            "log: {service: web, matches: listening}"}) {
    const Finished done =
        check(fmt::format("    other: {{command: [sleep, \"9\"], ready: {{{}}}}}\n", probe));
    EXPECT_EQ(done.code, 2) << probe;
    EXPECT_THAT(done.err, HasSubstr("is answered before the service is ready"));
  }
}

}  // namespace
}  // namespace reprise::testing
