// A ledger on the manual clock, written to a store that does what a script says.
#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "harness/engine/drill/ledger_run.h"
#include "harness/judge/data_loss.h"
#include "harness/model/registry.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// What the registered kinds "store" (probe and reader) write to and read. One test at a time.
struct ScriptedStore {
  struct Stored {
    std::string key, payload;
    Instant at;
  };
  Clock* clock = nullptr;
  Duration latency = 2ms;  // before it is stored, and again before it is answered
  std::function<Observation()> answer = [] { return Observation{}; };
  std::function<Result<void>(int reading)> read = [](int) { return Result<void>(); };
  bool keeps = true;
  int readings = 0;
  std::vector<Stored> entries;

  static ScriptedStore& now() {
    static ScriptedStore store;
    return store;
  }
};

class StoreProbe final : public Probe {
 public:
  explicit StoreProbe(const ProbeContext& context) : context_(context) {}
  boost::asio::awaitable<Observation> sample(Instant) override {
    ScriptedStore& store = ScriptedStore::now();
    const auto key = context_.surroundings.resolve("${entry.key}");
    const auto payload = context_.surroundings.resolve("${entry.payload}");
    co_await store.clock->sleep_for(store.latency);
    Observation seen = store.answer();
    if (store.keeps) store.entries.push_back({*key, *payload, store.clock->now()});
    co_await store.clock->sleep_for(store.latency);
    co_return seen;
  }

 private:
  ProbeContext context_;
};

class StoreReader final : public LedgerReader {
 public:
  boost::asio::awaitable<Result<std::vector<FoundEntry>>> read(Instant) override {
    ScriptedStore& store = ScriptedStore::now();
    const auto script = store.read(++store.readings);
    if (!script) co_return std::unexpected(script.error());
    std::vector<FoundEntry> found;
    for (const auto& entry : store.entries) found.push_back({entry.key, entry.payload});
    co_return found;
  }
};

ProbeKind store_probe_kind() {
  ProbeKind kind{{{"store", "Writes what the script keeps.", Shape::object({}), {}}}, {}};
  kind.make = [](const ProbeSpec&, const ProbeContext& context) -> Result<std::unique_ptr<Probe>> {
    return std::make_unique<StoreProbe>(context);
  };
  return kind;
}

ReaderKind store_reader_kind() {
  ReaderKind kind{{"store", "Reads what the script kept.", Shape::object({}), {}}, {}};
  kind.make = [](const nlohmann::json&,
                 const ProbeContext&) -> Result<std::unique_ptr<LedgerReader>> {
    return std::make_unique<StoreReader>();
  };
  return kind;
}

const Registered<ProbeKind> store_probe{store_probe_kind()};
const Registered<ReaderKind> store_reader{store_reader_kind()};

class Ledger : public ::testing::Test {
 protected:
  Ledger() {
    ScriptedStore::now() = ScriptedStore{};
    spec_.name = "orders";
    spec_.write.kind = spec_.read = "store";
    spec_.write.every = 100ms;
    spec_.write.timeout = 1s;
    spec_.clients = 3;
    spec_.read_within = 5s;
  }

  // Writes until the fault's instant has passed, reads back, and tells what came of it.
  LedgerRecord run(Duration lasting, std::uint64_t seed = 7) {
    boost::asio::io_context context;
    ManualClock clock;
    ScriptedStore::now().clock = &clock;
    BlockingPool pool(0);
    const auto path = folder_.path() / "drill.jsonl";
    std::filesystem::remove(path);
    auto journal =
        Journal::create(path, [&] { return clock.now() - Instant{}; }, [&] { return clock.utc(); });
    EXPECT_TRUE(journal);
    auto ledger = LedgerRun::open(
        spec_, {context.get_executor(), clock, *journal, pool, surroundings_, clock.now(), seed},
        folder_.path() / "drill.orders.ledger");
    EXPECT_TRUE(ledger) << (ledger ? "" : ledger.error().text());
    auto script = [&]() -> boost::asio::awaitable<void> {
      (*ledger)->start();
      co_await clock.sleep_for(lasting);
      co_await (*ledger)->stop();
      co_await (*ledger)->read_back();
    };
    boost::asio::co_spawn(context, script, boost::asio::detached);
    clock.run(context);
    std::ifstream lines(path);
    for (std::string line; std::getline(lines, line);) event_ = nlohmann::json::parse(line);
    auto record = read_ledger(folder_.path() / event_.at("file").get<std::string>(),
                              event_.at("sha256").get<std::string>());
    EXPECT_TRUE(record) << (record ? "" : record.error().text());
    return record.value_or(LedgerRecord{});
  }

  LedgerSpec spec_;
  FixedSurroundings surroundings_;
  TemporaryFolder folder_;
  nlohmann::json event_;
};

TEST_F(Ledger, IsWrittenOnItsScheduleAndReadTwice) {
  const LedgerRecord ledger = run(10s);
  EXPECT_EQ(ledger.entries.size(), 100U);
  EXPECT_TRUE(ledger.settled);
  EXPECT_EQ(ledger.readings, 2);
  for (std::size_t i = 0; i < ledger.entries.size(); ++i) {
    const LedgerEntry& entry = ledger.entries[i];
    EXPECT_EQ(entry.sent, static_cast<int>(i) * 100ms);
    EXPECT_EQ(entry.answered, entry.sent + 4ms);
    EXPECT_TRUE(entry.acknowledged() && entry.copies == 1 && !entry.corrupted) << i;
  }
  EXPECT_EQ(event_.at("entries"), 100);
  EXPECT_FALSE(event_.contains("why"));
  EXPECT_THAT(ScriptedStore::now().entries[42].key, StartsWith("orders-"));
  EXPECT_THAT(ScriptedStore::now().entries[42].key, HasSubstr("-000042"));
  EXPECT_EQ(ScriptedStore::now().entries[42].payload.size(), 9U);
}

TEST_F(Ledger, TakesOnlyWhatItKnowsForAnAcknowledgementOrARefusal) {
  struct Case {
    Observation seen;
    WriteOutcome outcome;
  };
  const std::vector<Case> cases{
      {{"answered", {{"status", 201}}}, WriteOutcome::acknowledged},
      {{"answered", {{"rows", 1}}}, WriteOutcome::acknowledged},
      {{"answered", {{"exit", 0}}}, WriteOutcome::acknowledged},
      {{"answered", {{"exit", 1}}}, WriteOutcome::unknown},
      {{"answered", {{"status", 409}}}, WriteOutcome::refused},
      {{"answered", {{"status", 302}}}, WriteOutcome::unknown},
      {{"answered", {{"status", 500}}}, WriteOutcome::unknown},
      {{"refused", nlohmann::json::object()}, WriteOutcome::refused},
      {{"reset", nlohmann::json::object()}, WriteOutcome::unknown},
      {{"timeout", nlohmann::json::object()}, WriteOutcome::unknown},
      {{"error", {{"sqlstate", "57P01"}}}, WriteOutcome::unknown},
  };
  for (const Case& one : cases) {
    ScriptedStore::now() = ScriptedStore{};
    ScriptedStore::now().answer = [&] { return one.seen; };
    const LedgerRecord ledger = run(1s);
    ASSERT_FALSE(ledger.entries.empty());
    EXPECT_EQ(ledger.entries[0].outcome, one.outcome) << one.seen.outcome << one.seen.values;
  }
  spec_.acknowledged = {{"status", 201}};
  ScriptedStore::now() = ScriptedStore{};
  ScriptedStore::now().answer = [] { return Observation{"answered", {{"status", 200}}}; };
  EXPECT_EQ(run(1s).entries[0].outcome, WriteOutcome::unknown);
}

TEST_F(Ledger, LeavesTheEntriesOfOthersAloneAndCountsStrays) {
  ScriptedStore::now().read = [](int reading) {
    auto& entries = ScriptedStore::now().entries;
    if (reading > 1) return Result<void>();
    const std::string prefix = entries[0].key.substr(0, entries[0].key.size() - 6);
    entries.push_back({"somebody-else", "1", {}});
    entries.push_back({"orders-00000000-000001", "1", {}});
    entries.push_back({prefix + "999999", "1", {}});
    entries.push_back({prefix + "x", "1", {}});
    entries.push_back(entries[0]);
    entries[1].payload = "changed";
    return Result<void>();
  };
  const LedgerRecord ledger = run(2s);
  EXPECT_EQ(ledger.strays, 2U);
  EXPECT_EQ(ledger.entries[0].copies, 2);
  EXPECT_TRUE(ledger.entries[1].corrupted);
  EXPECT_TRUE(ledger.settled);
}

TEST_F(Ledger, IsReadAgainUntilTwoReadingsAgree) {
  ScriptedStore::now().read = [](int reading) -> Result<void> {
    if (reading == 1) return failure("the database is starting up");
    if (reading == 3) ScriptedStore::now().entries.pop_back();
    return {};
  };
  const LedgerRecord ledger = run(1s);
  EXPECT_EQ(ledger.readings, 3);
  EXPECT_TRUE(ledger.settled);
  EXPECT_FALSE(event_.contains("why"));
}

TEST_F(Ledger, ThatNeverSettlesIsNotSettled) {
  ScriptedStore::now().read = [](int) -> Result<void> {
    ScriptedStore::now().entries.pop_back();
    return {};
  };
  EXPECT_FALSE(run(5s).settled);
}

TEST_F(Ledger, ThatCannotBeReadSaysWhyInTime) {
  ScriptedStore::now().read = [](int) -> Result<void> { return failure("no such table"); };
  EXPECT_EQ(run(1s).readings, 0);
  EXPECT_EQ(event_.at("why"), "no such table");
}

TEST_F(Ledger, OfABusyClientIsNotSentInAFloodLater) {
  ScriptedStore::now().latency = 400ms;  // a client's turn comes every 300 ms
  const LedgerRecord ledger = run(9s);
  EXPECT_LE(ledger.entries.size(), 3U * 9 * 1000 / 800);
  EXPECT_GE(ledger.entries.size(), 25U);
}

// The store forgets, at a scripted instant, all that it stored since another one.
TEST_F(Ledger, HoldsTheTrueLossAThousandTimesOfAThousand) {
  std::mt19937_64 random(3);
  auto up_to = [&](Duration most) { return Duration(random() % most.count()); };
  for (int i = 0; i < 1000; ++i) {
    ScriptedStore::now() = ScriptedStore{};
    ScriptedStore& store = ScriptedStore::now();
    store.latency = 1ms + up_to(5ms);
    const Duration commanded = 3s + up_to(1s);
    const Duration failed = commanded + up_to(3ms);
    const Duration armed = failed + up_to(3ms);
    const Duration reach = up_to(2s);
    store.read = [&](int) -> Result<void> {
      std::erase_if(store.entries, [&](const ScriptedStore::Stored& one) {
        return one.at - Instant{} >= failed - reach && one.at - Instant{} < failed;
      });
      return {};
    };
    store.answer = [&] {
      const bool up = store.clock->now() - Instant{} < failed;
      store.keeps = up;
      return Observation{up ? "answered" : "reset", nlohmann::json::object()};
    };
    const LedgerRecord ledger = run(5s, random());
    ASSERT_TRUE(ledger.settled);
    const DataLoss loss = data_loss(ledger, {{{commanded, armed}}}, 1, false);
    ASSERT_EQ(loss.holes + loss.phantom + loss.duplicated + loss.corrupted, 0U) << i;
    if (loss.lost == 0) {
      ASSERT_LE(reach, *loss.rpo.high) << i;
      continue;
    }
    ASSERT_LE(loss.rpo.low, reach) << i;
    ASSERT_TRUE(loss.rpo.high) << i;
    ASSERT_GE(*loss.rpo.high, reach) << i;
  }
}

}  // namespace
}  // namespace reprise
