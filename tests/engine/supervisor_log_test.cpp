// What services print: kept, or searched before it is cut or left out, or said not to be known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/services/service_log.h"
#include "tests/engine/live_drill.h"

namespace reprise::testing {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

// A drill of one service, whose lines are asked for FATAL.
class SupervisedLogs : public ::testing::Test {
 protected:
  void print(const std::string& program) {
    drill_.add_python("server", program);
    drill_.patterns["server"].push_back({"FATAL", Pattern::compile("FATAL").value()});
    drill_.prepare();
    ASSERT_TRUE(drill_.run(drill_.supervisor->start("server")));
  }
  // The events of its log once the service has been stopped.
  std::vector<json> stopped() {
    drill_.run(drill_.supervisor->stop_all());
    return drill_.events("log");
  }
  static std::vector<std::string> lines(const std::vector<json>& events) {
    std::vector<std::string> all;
    for (const json& event : events) all.push_back(event.at("line"));
    return all;
  }
  // In how many lines that are no longer there it was found.
  static std::size_t found(const std::vector<json>& events) {
    std::size_t count = 0;
    for (const json& event : events) {
      if (event.contains("found")) count += event.at("found").at("FATAL").get<std::size_t>();
    }
    return count;
  }
  static bool unsearched(const std::vector<json>& events) {
    return std::ranges::any_of(events, [](const json& one) { return one.contains("unsearched"); });
  }
  bool printed(const std::string& line) {
    return drill_.run_until([&] { return drill_.printed("server", line); });
  }

  LiveDrill drill_;
};

TEST_F(SupervisedLogs, HoldBothStreamsLineByLine) {
  print(R"(
import os, time
os.write(1, b'one\r\ntwo\n\n' + b'x' * 10000 + b'\n')
os.write(2, b'bad \xff byte\n')
os.write(1, b'no end')
time.sleep(0.3)
)");
  std::vector<std::string> out, err;
  drill_.run_until([&] { return !drill_.supervisor->running("server"); });
  for (const json& event : stopped()) {
    EXPECT_EQ(event.at("service"), "server");
    (event.at("stream") == "out" ? out : err).push_back(event.at("line"));
    EXPECT_EQ(event.contains("cut"), event.at("line").get<std::string>().size() == 4096);
  }
  EXPECT_THAT(out, ElementsAre("one", "two", "", std::string(4096, 'x'), "no end"));
  EXPECT_THAT(err, ElementsAre("bad \xef\xbf\xbd byte"));
}

TEST_F(SupervisedLogs, EndLinesAtCarriageReturns) {
  print("import os, time\nos.write(1, b'\\r 5%\\r10%\\rFATAL\\r')\ntime.sleep(60)");
  ASSERT_TRUE(printed("FATAL"));
  EXPECT_THAT(lines(stopped()), ElementsAre(" 5%", "10%", "FATAL"));
}

TEST_F(SupervisedLogs, TellALineThatDoesNotEnd) {
  print(R"(
import os, time
os.write(1, b'Password: ')
time.sleep(1.5)
os.write(1, b'FATAL')
time.sleep(1.5)
os.write(1, b' and on\nlast\n')
time.sleep(60)
)");
  ASSERT_TRUE(printed("Password: "));
  ASSERT_TRUE(printed("last"));
  const auto events = stopped();
  EXPECT_THAT(lines(events), ElementsAre("Password: ", "FATAL", " and on", "last"));
  EXPECT_FALSE(events[0].contains("cut"));
  EXPECT_EQ(events[1].at("found"), json({{"FATAL", 1}}));
  EXPECT_EQ(events[2].at("cut"), true);
  EXPECT_FALSE(events[2].contains("found"));
}

TEST_F(SupervisedLogs, TellTheRestOfAServiceThatIsKilled) {
  print("import os, time\nos.write(1, b'ready\\nPassword: FATAL')\ntime.sleep(60)");
  ASSERT_TRUE(printed("ready"));
  EXPECT_THAT(lines(stopped()), ElementsAre("ready", "Password: FATAL"));
}

TEST_F(SupervisedLogs, AreSearchedBeyondWhatIsKeptOfALine) {
  print(R"(
import os, time
os.write(1, b'x' * 8000 + b'FATAL\n' + b'y' * 8000 + b'\nlast\n')
time.sleep(60)
)");
  ASSERT_TRUE(printed("last"));
  const auto events = stopped();
  EXPECT_EQ(events[0].at("found"), json({{"FATAL", 1}}));
  EXPECT_EQ(events[1].at("cut"), true);
  EXPECT_FALSE(events[1].contains("found"));
  EXPECT_FALSE(events[2].contains("cut"));
  EXPECT_FALSE(unsearched(events));
}

TEST_F(SupervisedLogs, SayWhatOfALineNobodySearched) {
  print(R"(
import os, sys, time
for i in range(24): sys.stdout.buffer.write(b'x' * (1 << 20))
sys.stdout.buffer.write(b'FATAL\nlast\n')
time.sleep(60)
)");
  ASSERT_TRUE(printed("last"));
  const auto events = stopped();
  EXPECT_EQ(found(events), 0U);
  EXPECT_TRUE(unsearched(events));
}

TEST_F(SupervisedLogs, SearchAFloodBeforeItIsLeftOut) {
  print(R"(
import os, time
for i in range(20): os.write(1, b'debug\n' * 500 + b'FATAL\n')
time.sleep(60)
)");
  // Although nothing is printed any more.
  drill_.run_until([&] {
    std::size_t all = 0;
    for (const Printed& one : drill_.site->log("server", 0)) {
      all += one.left_out > 0 ? one.left_out : 1;
    }
    return all == 10'020;
  });
  auto events = drill_.events("log");
  EXPECT_LT(events.size(), 8'000U);
  EXPECT_GT(found(events), 5U);
  std::erase_if(events, [](const json& event) { return event.at("line") != "FATAL"; });
  EXPECT_EQ(found(drill_.events("log")) + events.size(), 20U);
  EXPECT_FALSE(unsearched(stopped()));
}

TEST_F(SupervisedLogs, SayThatAFloodWasTooMuchToBeSearched) {
  drill_.prepare();
  const ManualClock standing;  // or a slow machine would let some of them through
  ServiceLog log("server", standing, *drill_.journal, *drill_.site,
                 {{"FATAL", Pattern::compile("FATAL").value()}});
  PrintedLine line;
  line.text = std::string(1 << 20, 'x') + "FATAL";
  const auto print_left_out = [&](int lines) {
    while (!log.flooded()) log.add("out", line);
    for (int i = 1; i < lines; ++i) log.add("out", line);
    log.note_left_out();
    const auto events = drill_.events("log");
    return json{{"found", events.back().at("found").at("FATAL")},
                {"unsearched", events.back().contains("unsearched")}};
  };
  EXPECT_EQ(print_left_out(60), json({{"found", 60}, {"unsearched", false}}));
  EXPECT_EQ(print_left_out(10), json({{"found", 3}, {"unsearched", true}}));
}

TEST_F(SupervisedLogs, DoNotStarveTheEngineInAFlood) {
  print(R"(
import os
block = b'the same line again\n' * 3000
while True: os.write(1, block)
)");
  std::vector<Duration> late;
  const Instant begun = drill_.clock.now();
  auto tick = [&]() -> boost::asio::awaitable<void> {
    for (int i = 0; i < 100; ++i) {
      const Instant due = drill_.clock.now() + 10ms;
      co_await drill_.clock.sleep_until(due);
      late.push_back(drill_.clock.now() - due);
    }
  };
  drill_.run(tick());
  std::ranges::sort(late);
  // Not the worst of all, which tells more of the machine than of the engine.
  EXPECT_LT(late[50], 500ms);
  ASSERT_TRUE(drill_.run(drill_.supervisor->stop("server", true)));
  const auto events = stopped();
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(drill_.clock.now() - begun).count();
  EXPECT_LT(events.size(), 2'200U + 200U * static_cast<std::size_t>(seconds));
  EXPECT_TRUE(
      std::ranges::any_of(events, [](const json& event) { return event.contains("left_out"); }));
}

// Each line as "text", with "<" before what was told of it already and ">" where it goes on.
std::vector<std::string> split(const std::vector<std::string>& pieces) {
  PrintedLines printed;
  std::vector<PrintedLine> lines;
  for (const std::string& piece : pieces) {
    if (piece == "WAIT") {
      printed.tell_unfinished(lines);
    } else {
      printed.take(piece, lines);
    }
  }
  printed.finish(lines);
  std::vector<std::string> all;
  for (PrintedLine& line : lines) {
    all.push_back(line.text.insert(line.told, line.told > 0 ? "<" : "") + (line.more ? ">" : ""));
  }
  return all;
}

TEST(PrintedLines, EndWithEitherEndAndWithBoth) {
  EXPECT_THAT(split({"a\nb\r\nc\rd"}), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(split({"a\r", "\nb\r", "c", "\n", "\n\nd\n"}),
              ElementsAre("a", "b", "c", "", "", "d"));
  EXPECT_THAT(split({"\r\r10%\r\r20%\r\n\r\n"}), ElementsAre("10%", "20%", ""));
  EXPECT_THAT(split({}), ElementsAre());
}

TEST(PrintedLines, AreToldOnceWhenTheyHaveToWait) {
  EXPECT_THAT(split({"WAIT", "a", "WAIT", "WAIT", "\nb\n"}), ElementsAre("a", "b"));
  EXPECT_THAT(split({"a", "WAIT", "b", "WAIT", "c\n"}), ElementsAre("a", "a<b", "ab<c"));
  EXPECT_THAT(split({"a", "WAIT"}), ElementsAre("a"));
}

TEST(PrintedLines, KeepEightMebibytesOfALineAndSayThatThereWasMore) {
  const std::string most(max_searched_bytes, 'x');
  EXPECT_THAT(split({most + "y\nz"}), ElementsAre(most + ">", "z"));
  EXPECT_THAT(split({most + "\nz"}), ElementsAre(most, "z"));
  EXPECT_THAT(split({most, "WAIT", "y", "WAIT", "y\n"}), ElementsAre(most, most + "<>"));
}

}  // namespace
}  // namespace reprise::testing
