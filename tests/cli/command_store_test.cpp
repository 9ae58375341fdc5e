// A ledger that programs write and read: a store that syncs before it answers loses nothing when it
// is killed; of one that then forgets what came last, the drill names how much, and how far back.
// What it forgot the store says itself, apart from the ledger's own reading.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "tests/support/program.h"

namespace reprise::testing {
namespace {

using nlohmann::json;
using ::testing::AnyOf;
using ::testing::HasSubstr;

// Every line is in the file, and synced, before it is answered. Started again, it throws away the
// last of them, as if the power had been lost, and puts them where the test finds them.
constexpr auto store = R"(
import os, socket
forgets = int(os.environ["FORGETS"])
if forgets and os.path.exists("entries"):
    with open("entries") as file:
        lines = file.readlines()
    with open(os.environ["FORGOTTEN"], "w") as file:
        file.writelines(lines[-forgets:])
    with open("entries.new", "w") as file:
        file.writelines(lines[:-forgets])
    os.rename("entries.new", "entries")
file = os.open("entries", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
server = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
while True:
    client, _ = server.accept()
    with client, client.makefile() as words:
        line = words.readline()
        if not line.endswith("\n"):
            continue
        if line != "?\n":
            os.write(file, line.encode())
            os.fsync(file)
        client.sendall(b"yes\n")
)";

// ask.sh ADDRESS LINE: succeeds when the store has answered.
constexpr auto ask = R"(exec 3<>"/dev/tcp/${1%:*}/${1##*:}" || exit 1
echo "$2" >&3
read -r answer <&3
[ "$answer" = yes ]
)";

constexpr auto system_plan = R"yaml(reprise: 1
plan: store
objectives: {rto: 10s, rpo: 1h}
system:
  folder: system
  services:
    store:
      command: [python3, store.py]
      env: {PORT: "${port}", FORGETS: FORGETS, FORGOTTEN: "FORGOTTEN"}
      ready: {tcp: {address: "${services.store.address}"}}
      restart: always
probes:
  answer:
    command: {run: [bash, ask.sh, "${services.store.address}", "?"]}
    every: 500ms
    timeout: 5s
  stored:
    command: {run: [sh, -c, "printf '{\"entries\": %d}' $(wc -l < entries)"]}
    every: 500ms
    timeout: 5s
ledgers:
  entries:
    write:
      command:
        run: [bash, ask.sh, "${services.store.address}", "${entry.key} ${entry.payload}"]
    every: 40ms
    timeout: 5s
    read: {command: {run: [sh, -c, READ, sh, "${entry.prefix}"]}}
    read-within: WITHIN
)yaml";

constexpr auto killed_store = R"(reprise: 1
scenario: killed
levels: {answer: {nominal: {exit: 0}}}
steady-state: [{probe: answer, expect: nominal}]
faults:
  - inject: process_kill
    into: store
    when: {probe: stored, expect: {json: {/entries: {">=": 40}}}}
sustained: 1s
patience: 20s
assertions:
  - recovery: {probe: answer, expect: nominal, within: rto}
  - rpo: {ledger: entries, at-most: rpo, acknowledged-after-failure: allowed}
  - no-loss: {ledger: entries}
  - no-duplicates: {ledger: entries}
)";

// Less than what it forgets.
constexpr auto hardly_anything =
    R"(  - rpo: {ledger: entries, at-most: 10ms, acknowledged-after-failure: allowed}
    name: hardly-anything
)";

struct Answered {
  std::int64_t sent = 0, answered = 0;
  char outcome = 0;
};

struct CommandStore : ::testing::Test {
  Workplace place;
  std::string read = "grep \"^$1\" entries", within = "30s";

  Finished drill(int forgets, const std::vector<std::string>& more = {"--again", "9"}) {
    const std::filesystem::path folder = place.folder() / "store";
    std::string plan = system_plan;
    put(plan, "FORGETS: FORGETS", fmt::format("FORGETS: {}", forgets));
    put(plan, "\"FORGOTTEN\"", json((place.folder() / "forgotten").string()).dump());
    put(plan, "READ", json(read).dump());
    put(plan, "WITHIN", within);
    write_file(folder / "plan.yaml", plan);
    write_file(folder / "killed.yaml", killed_store + std::string(forgets ? hardly_anything : ""));
    write_file(folder / "system/store.py", store);
    write_file(folder / "system/ask.sh", ask);
    std::vector<std::string> arguments{"run", "store", "--out", "out"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return place.run(arguments);
  }
  static void put(std::string& text, const std::string& mark, const std::string& value) {
    text.replace(text.find(mark), mark.size(), value);
  }

  static json finding(const json& drill, const std::string& name) {
    for (const json& one : drill.at("findings")) {
      if (one.at("name") == name) return one;
    }
    ADD_FAILURE() << "no finding " << name;
    return json::object();
  }
  // Whatever was not missed is inconclusive where the machine was too busy to look in time.
  static void expect_no_miss(const json& finding) {
    const std::string key = finding.at("seen").at("key");
    const bool late = key.starts_with("judge.observer-late");
    EXPECT_EQ(finding.at("status"), late ? "inconclusive" : "pass") << finding;
  }
  [[nodiscard]] std::filesystem::path journal() const {
    return place.folder() / "out" / only_drill(place).at("journal").get<std::string>();
  }
  // When the step of the only fault was.
  [[nodiscard]] std::int64_t instant(const std::string& step) const {
    for (const json& event : read_events(journal())) {
      if (event.value("step", "") == step) return event.at("t");
    }
    ADD_FAILURE() << "the fault was never " << step;
    return 0;
  }
  // Every write, by number.
  [[nodiscard]] std::map<std::uint64_t, Answered> writes() const {
    std::map<std::uint64_t, Answered> all;
    std::string file;
    for (const json& event : read_events(journal())) {
      if (event.at("event") == "ledger") file = event.at("file");
    }
    std::ifstream lines(journal().parent_path() / file);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      char kind = 0;
      std::uint64_t number = 0;
      std::int64_t at = 0;
      words >> kind >> number >> at;
      if (kind == 'i') all[number].sent = at;
      if (kind != 'a' && kind != 'f' && kind != 'u') continue;
      all[number].outcome = kind;
      all[number].answered = at;
    }
    return all;
  }
  // The numbers that the store threw away.
  [[nodiscard]] std::set<std::uint64_t> forgotten() const {
    std::set<std::uint64_t> numbers;
    std::ifstream lines(place.folder() / "forgotten");
    for (std::string key, payload; lines >> key >> payload;) {
      numbers.insert(std::stoull(key.substr(key.rfind('-') + 1)));
    }
    return numbers;
  }
};

TEST_F(CommandStore, LosesNothingThatIsInItsFileBeforeItAnswers) {
  const Finished done = drill(0);
  EXPECT_EQ(done.code, 0) << done.out << done.err;
  const json drill = only_drill(place);
  const json loss = drill.at("ledgers").at(0);
  EXPECT_EQ(loss.at("lost"), 0);
  EXPECT_EQ(loss.at("phantom").get<int>() + loss.at("duplicated").get<int>(), 0);
  EXPECT_EQ(loss.at("corrupted").get<int>() + loss.at("stale").get<int>(), 0);
  EXPECT_GT(loss.at("acknowledged"), 20);
  EXPECT_GT(loss.at("unknown"), 0) << "while it was gone, nobody answered";
  EXPECT_EQ(drill.at("status"), "pass") << drill;
}

TEST_F(CommandStore, ThatForgetsWhatCameLastIsToldHowMuchAndHowFarBack) {
  const Finished done = drill(7);
  EXPECT_EQ(done.code, 1) << done.out << done.err;
  const std::set<std::uint64_t> gone = forgotten();
  ASSERT_EQ(gone.size(), 7U);
  std::uint64_t lost = 0;
  std::optional<Answered> oldest;                // l
  std::optional<std::int64_t> newest_kept_sent;  // s_k
  for (const auto& [number, write] : writes()) {
    if (write.outcome != 'a') continue;
    lost += gone.contains(number);
    if (gone.contains(number) && !oldest) oldest = write;
    if (!oldest) newest_kept_sent = write.sent;
  }
  EXPECT_GE(lost, 6U) << "of the very last, the answer may not have come";
  ASSERT_TRUE(oldest);
  ASSERT_TRUE(newest_kept_sent);

  const json drill = only_drill(place);
  EXPECT_EQ(drill.at("ledgers").at(0).at("lost"), lost);
  const json no_loss = finding(drill, "no-loss");
  EXPECT_EQ(no_loss.at("status"), "fail");
  EXPECT_EQ(no_loss.at("failure"), "chaos.DataLost");
  const std::string named = fmt::format("writes lost: {} of ", lost);
  EXPECT_THAT(no_loss.at("seen").at("text"), HasSubstr(named));
  EXPECT_THAT(read_file(place.folder() / "out/report.html"), HasSubstr(named));

  // [t_cmd − a_l, t_armed − s_k]
  const std::int64_t low = instant("injecting") - oldest->answered;
  const std::int64_t high = instant("armed") - *newest_kept_sent;
  EXPECT_GE(high, 7 * 40'000'000) << "seven writes of 40 ms each";
  const json tight = finding(drill, "hardly-anything");
  EXPECT_EQ(tight.at("status"), "fail");
  EXPECT_EQ(tight.at("failure"), "chaos.RpoExceeded");
  EXPECT_THAT(tight.at("seen").at("text"),
              HasSubstr(tight.at("measured").at("text").get<std::string>()));
  for (const json& rpo : {tight, finding(drill, "rpo")}) {
    EXPECT_EQ(rpo.at("measured").at("low_ns"), low);
    EXPECT_EQ(rpo.at("measured").at("high_ns"), high);
  }
  for (const auto name : {"recovery", "rpo", "no-duplicates"}) {
    expect_no_miss(finding(drill, name));
  }
}

TEST_F(CommandStore, ThatCannotBeReadProvesNothing) {
  read = "cat entries; echo wait >&2; exit 4";
  within = "2s";
  const Finished done = drill(0, {});
  EXPECT_EQ(done.code, 3) << done.out << done.err;
  const json drill = only_drill(place);
  EXPECT_EQ(drill.at("status"), "inconclusive");
  const json problem = drill.at("ledgers").at(0).at("problem");
  EXPECT_EQ(problem.at("key"), "judge.ledger.unreadable");
  // The last reading may have been cut off, when the time was over.
  EXPECT_THAT(problem.at("text"), AnyOf(HasSubstr("exit code 4: wait"), HasSubstr("timeout")));
  EXPECT_NE(finding(drill, "no-loss").at("status"), "pass");
}

}  // namespace
}  // namespace reprise::testing
