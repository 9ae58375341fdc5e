// What a real PostgreSQL loses when it is killed: what it had acknowledged and not yet written, and
// by default nothing. What it kept is counted by psql, apart from the ledger's own reading.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "tests/support/program.h"

namespace reprise::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr auto server_plan = R"yaml(reprise: 1
plan: store
objectives: {rto: 10s, rpo: 1h}
system:
  folder: system
  services:
    database:
      command: [bash, database/start.sh]
      env: {PORT: "${port}"}
      stop-signal: INT
      ready: {postgres: {database: history, query: "select 1"}}
      restart: always
  databases: {history: "postgresql://spe@${services.database.address}/spe"}
probes:
  answer: {postgres: {database: history, query: "select 1"}, every: 50ms, timeout: 2s}
  kept:
    command:
      run:
        - sh
        - -c
        - >-
          /usr/lib/postgresql/15/bin/psql -qAt -c "select site from readings"
          postgresql://spe@${services.database.address}/spe > KEPT.new && mv KEPT.new KEPT
    every: 200ms
    timeout: 2s
ledgers:
  entries:
    write:
      postgres:
        database: history
        query: "insert into readings (site, kw) values ('${entry.key}', ${entry.payload})"
    every: 20ms
    timeout: 2s
    read:
      postgres:
        database: history
        query: "select site, kw from readings where site like '${entry.prefix}%'"
)yaml";

constexpr auto killed_server = R"(reprise: 1
scenario: killed
levels: {answer: {nominal: {value: 1}}}
steady-state: [{probe: answer, expect: nominal}]
faults: [{inject: db_kill, into: history, at: 2s}]
sustained: 1s
assertions:
  - recovery: {probe: answer, expect: nominal, within: rto}
  - recovery: {probe: kept, expect: {exit: 0}, within: rto}
  - rpo: {ledger: entries, at-most: rpo}
  - no-loss: {ledger: entries}
)";

struct PostgresStore : ::testing::Test {
  Workplace place;
  const std::filesystem::path kept = place.folder() / "kept";

  PostgresStore() {
    std::string plan = server_plan;
    for (auto at = plan.find("KEPT"); at != plan.npos; at = plan.find("KEPT")) {
      plan.replace(at, 4, kept.string());
    }
    write_file(place.folder() / "store/plan.yaml", plan);
    write_file(place.folder() / "store/killed.yaml", killed_server);
  }

  // The only drill, with these settings of the server beside its usual ones.
  json drilled(const std::string& settings) {
    const auto source =
        std::filesystem::path(REPRISE_SOURCE_DIR) / "scenarios/sp-e/system/database";
    const auto database = place.folder() / "store/system/database";
    write_file(database / "schema.sql", read_file(source / "schema.sql"));
    std::string start = read_file(source / "start.sh");
    start.insert(start.rfind('\n'), settings);
    write_file(database / "start.sh", start);
    const Finished done = place.run({"run", "store", "--again", "9", "--out", "out"});
    EXPECT_THAT(done.err, ::testing::IsEmpty()) << done.out;
    return only_drill(place);
  }

  // How many were sent before the server was killed, acknowledged, and are not among what psql
  // found.
  [[nodiscard]] std::size_t missing() const {
    const auto journal =
        place.folder() / "out" / only_drill(place).at("journal").get<std::string>();
    std::int64_t killed = 0;
    std::string ledger;
    for (const json& event : read_events(journal)) {
      if (event.value("step", "") == "armed") killed = event.at("t");
      if (event.at("event") == "ledger") ledger = event.at("file");
    }
    std::set<std::uint64_t> found;
    std::ifstream keys(kept);
    for (std::string key; std::getline(keys, key);) {
      if (key.starts_with("entries-")) found.insert(std::stoull(key.substr(key.rfind('-') + 1)));
    }
    EXPECT_FALSE(found.empty()) << "psql found none at all";
    std::size_t lost = 0;
    std::set<std::uint64_t> before;  // sent before it was killed; the answer may have come later
    std::ifstream lines(journal.parent_path() / ledger);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      char kind = 0;
      std::uint64_t entry = 0;
      std::int64_t at = 0;
      words >> kind >> entry >> at;
      if (kind == 'i' && at <= killed) before.insert(entry);
      lost += kind == 'a' && before.contains(entry) && !found.contains(entry);
    }
    return lost;
  }
};

TEST_F(PostgresStore, LosesWhatTheDrillSaysThatItLoses) {
  json drill;
  std::size_t lost = 0;
  // By chance it has just written everything, one time in fifty.
  for (int tries = 0; tries < 5 && lost == 0; ++tries) {
    drill = drilled(" -c synchronous_commit=off -c wal_writer_delay=10s");
    lost = missing();
    EXPECT_EQ(drill.at("ledgers").at(0).at("lost"), lost);
  }
  EXPECT_GT(lost, 0U);
  EXPECT_EQ(drill.at("status"), "fail");
  EXPECT_THAT(read_file(place.folder() / "out/report.html"), HasSubstr("Power loss: not tested"));
}

TEST_F(PostgresStore, LosesNothingByDefault) {
  const json drill = drilled("");
  EXPECT_EQ(drill.at("ledgers").at(0).at("lost"), 0);
  EXPECT_EQ(missing(), 0U);
  EXPECT_GT(drill.at("ledgers").at(0).at("acknowledged"), 50);
  EXPECT_EQ(drill.at("status"), "pass") << drill;
}

}  // namespace
}  // namespace reprise::testing
