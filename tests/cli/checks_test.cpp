// What `check` refuses with the kinds that are shipped, where their own declarations say so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/program.h"
#include "tests/support/shop.h"

namespace reprise::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Check : public ::testing::Test {
 protected:
  // `entries` stand under `system`, beside its one service; `more` are further keys of the plan.
  Finished check(const std::string& entries, const std::string& more = {},
                 const std::string& fault = "{inject: process_kill, into: web}") {
    std::string plan = Shop{.more = more}.plan();
    plan.insert(plan.find("probes:\n"), entries);
    write_file(place_.folder() / "shop/plan.yaml", plan);
    write_file(place_.folder() / "shop/one.yaml",
               "reprise: 1\nscenario: one\nfaults: [" + fault +
                   "]\nassertions: [{recovery: {probe: home, expect: nominal, within: rto}}]\n");
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

constexpr auto two_databases =
    "  databases: {pg: \"postgresql://me@127.0.0.1/x\", cache: \"redis://127.0.0.1:1/0\"}\n";

TEST_F(Check, LetsNobodySpeakToAnotherKindOfDatabase) {
  for (const char* fault : {"db_kill, into: cache", "db_lock, into: cache, with: {tables: [a]}",
                            "redis_kill, into: pg", "redis_hang, into: pg"}) {
    const Finished done = check(two_databases, "", fmt::format("{{inject: {}}}", fault));
    EXPECT_EQ(done.code, 2) << fault;
    EXPECT_THAT(done.err, HasSubstr("the database '")) << fault;
    EXPECT_THAT(done.err, HasSubstr(" is one of ")) << fault;
  }
  for (const char* more : {R"(  q: {postgres: {database: cache, query: "select 1"}, timeout: 1s}
)",
                           R"(  q: {redis: {database: pg, command: [GET, a]}, timeout: 1s}
)",
                           R"(ledgers:
  o:
    write: {redis: {database: cache, command: [SET, "${entry.key}", "${entry.payload}"]}}
    every: 50ms
    timeout: 1s
    read: {postgres: {database: cache, query: "select key, payload from o"}}
)"}) {
    const Finished done = check(two_databases, more);
    EXPECT_EQ(done.code, 2) << more;
    EXPECT_THAT(done.err, HasSubstr(" is one of ")) << more;
  }
  const Finished done = check("  databases: {x: \"mysql://me:hunter22@h/x\"}\n");
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("'mysql' is no kind of database that is known here"));
  EXPECT_THAT(done.err, Not(HasSubstr("hunter22")));
  EXPECT_EQ(check("  databases: {x: \"postgres://h/x\"}\n", "", "{inject: db_kill, into: x}").code,
            0);
}

TEST_F(Check, RefusesAFaultThatWouldStrikeNothing) {
  constexpr auto plan = "  links: {l: {from: web, to: web}}\n  files: {f: data/f}\n";
  for (const auto& [fault, why] : std::vector<std::pair<const char*, const char*>>{
           {"http_status, into: l, with: {status: 500, share: 0%}", "would strike no request"},
           {"http_hang, into: l, with: {share: 0%}", "would strike no request"},
           {"http_delay, into: l, with: {delay: 1s, match: {path: \"/x?y=1\"}}",
            "without its query"},
           {"http_hang, into: l, with: {match: {header: {\"a b\": x}}}", "is no name of a header"},
           {"network_cut, into: l, with: {by: kernel, also: [l]}", "the link l is named twice"},
           {"file_truncate, into: f, with: {to: 65MiB}", "at most 64MiB"},
           {"command, with: {inject: [touch, x], within: 0s}", "leaves the commands no time"}}) {
    const Finished done = check(plan, "", fmt::format("{{inject: {}}}", fault));
    EXPECT_EQ(done.code, 2) << fault;
    EXPECT_THAT(done.err, HasSubstr(why)) << fault;
  }
}

TEST_F(Check, RefusesAddressesThatLeadNowhere) {
  for (const char* probe :
       {"tcp: {address: nowhere}", "tcp: {address: \"here:99999\"}", "http: {url: \"x/\"}",
        "http: {url: \"http://\"}", "http: {url: \"ftp://x/\"}", "page: {url: \"http://x:0/\"}"}) {
    const Finished done = check("", fmt::format("  p: {{{}, timeout: 1s}}\n", probe));
    EXPECT_EQ(done.code, 2) << probe;
    EXPECT_THAT(done.err, HasSubstr("probe p: '")) << probe;
  }
}

TEST_F(Check, WantsPagesOfALedgerToLeadOn) {
  constexpr auto ledger = R"(ledgers:
  o:
    write: {{http: {{url: "http://${{services.web.address}}/${{entry.key}}/${{entry.payload}}"}}}}
    every: 50ms
    timeout: 1s
    read: {{http: {{url: "http://${{services.web.address}}/{}"{}}}}}
)";
  for (const auto& [query, next] :
       {std::pair("all", ", next: /next"), {"all?after=${entry.after}", ""}}) {
    const Finished done = check("", fmt::format(ledger, query, next));
    EXPECT_EQ(done.code, 2) << query;
    EXPECT_THAT(done.err, HasSubstr("one is nothing without the other")) << query;
  }
  EXPECT_EQ(check("", fmt::format(ledger, "all?after=${entry.after}", ", next: /next")).code, 0);
}

TEST_F(Check, RefusesWhatNoMachineCanHave) {
  const Finished disk = check("  disks: {d: {path: d, size: 0B}}\n");
  EXPECT_EQ(disk.code, 2);
  EXPECT_THAT(disk.err, HasSubstr("a disk of 0B holds nothing"));
  const Finished name = check("    other: {command: [sleep, \"9\"], env: {\"A=B\": x}}\n");
  EXPECT_EQ(name.code, 2);
  EXPECT_THAT(name.err, HasSubstr("'A=B' is no name of a variable"));
}

TEST_F(Check, GuessesLettersThatWereExchanged) {
  EXPECT_THAT(check("", "", "{inject: process_kill, into: wbe}").err,
              HasSubstr("did you mean 'web'?"));
}

}  // namespace
}  // namespace reprise::testing
