// `reprise inject` at a terminal: what it shows, Enter, and what it says when nothing was broken.
#include <pty.h>

#include <poll.h>

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/program.h"

namespace reprise::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto plan = R"(reprise: 1
plan: shop
objectives: {rto: 5s}
system:
  folder: system
  services:
    web:
      command: [python3, -m, http.server, "${port}", --bind, 127.0.0.1]
      ready: {http: {url: "http://${services.web.address}/"}, every: 20ms}
  files: {page: page.txt}
probes:
  home: {http: {url: "http://${services.web.address}/"}, every: 50ms, timeout: 2s}
  away: {http: {url: "http://${services.web.address}/away"}, every: 50ms, timeout: 2s}
  page: {file: {file: page}, every: 50ms, timeout: 2s}
defaults:
  steady: {for: 100ms, within: 15s}
)";

constexpr auto first = R"(reprise: 1
scenario: first
levels: {home: {nominal: {status: 200}}}
steady-state: [{probe: home, expect: nominal}]
faults:
  - id: mark
    inject: command
    with: {inject: [touch, ROOT/mark], undo: [rm, -f, ROOT/mark]}
    for: 1s
assertions: [{throughout: {probe: home, expect: nominal}}]
)";

// Its own steady state is out of reach.
constexpr auto second = R"(reprise: 1
scenario: second
levels:
  away: {nominal: {status: 200}, degraded: {status: 404}}
  home: {nominal: {status: 404}}
steady-state: [{probe: page, expect: {outcome: error}}]
faults: [{inject: process_kill, into: web}]
assertions: [{throughout: {probe: away, expect: degraded}}]
)";

// The program with a terminal of 200 columns; ended when the test ends.
class AtTerminal {
 public:
  AtTerminal(const Workplace& place, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program().string());
    std::vector<char*> words;
    for (std::string& word : arguments) words.push_back(word.data());
    words.push_back(nullptr);
    const winsize size{.ws_row = 24, .ws_col = 200, .ws_xpixel = 0, .ws_ypixel = 0};
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
    if (pid_ != 0) return;
    if (::chdir(place.folder().c_str()) == 0) ::execv(words[0], words.data());
    ::_exit(127);
  }
  ~AtTerminal() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::close(terminal_);
  }
  AtTerminal(const AtTerminal&) = delete;
  AtTerminal& operator=(const AtTerminal&) = delete;

  // Whether that is shown before the program ends, within a minute.
  bool shows(const std::string& text) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (shown_.find(text) == shown_.npos) {
      if (!read_before(deadline)) return false;
    }
    return true;
  }
  void press_enter() const { EXPECT_EQ(::write(terminal_, "\n", 1), 1); }
  // Its exit code; killed when it does not end by itself within a minute.
  int ended() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (read_before(deadline)) {
    }
    if (std::chrono::steady_clock::now() >= deadline) ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  [[nodiscard]] const std::string& shown() const { return shown_; }

 private:
  // False at the deadline, and when nobody writes any more.
  bool read_before(std::chrono::steady_clock::time_point deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waited{terminal_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&waited, 1, static_cast<int>(left.count())) != 1) return false;
    char bytes[4096];
    const auto count = ::read(terminal_, bytes, sizeof bytes);
    if (count > 0) shown_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  }

  pid_t pid_ = -1;
  int terminal_ = -1;
  std::string shown_;
};

class Rehearsal : public ::testing::Test {
 protected:
  Rehearsal() { write(plan, first); }
  [[nodiscard]] std::filesystem::path root() const { return place_.folder(); }
  void write(const std::string& plan_text, std::string scenario) {
    for (auto at = scenario.find("ROOT"); at != scenario.npos; at = scenario.find("ROOT")) {
      scenario.replace(at, 4, root().string());
    }
    write_file(root() / "shop/plan.yaml", plan_text);
    write_file(root() / "shop/first.yaml", scenario);
    write_file(root() / "shop/system/page.txt", "hello\n");
  }
  // Told on both streams, in the language asked for, with the exit code for "nothing can be told".
  void expect_nothing_rehearsed(const std::string& fault, const std::string& why) {
    const Finished done = place_.run({"inject", "shop", fault, "--for", "100ms", "--lang", "fr"});
    EXPECT_EQ(done.code, 3) << done.out << done.err;
    EXPECT_THAT(done.err, HasSubstr(fault + " was never in place"));
    EXPECT_THAT(done.out, AllOf(HasSubstr("shop/rehearsal : Non concluant."), HasSubstr(why)));
  }
  Workplace place_;
};

TEST_F(Rehearsal, EnterHeals) {
  AtTerminal reprise(place_, {"inject", "shop", "mark", "--for", "600s", "--plain"});
  ASSERT_TRUE(reprise.shows("mark has its first victim")) << reprise.shown();
  EXPECT_TRUE(std::filesystem::exists(root() / "mark"));
  reprise.press_enter();
  EXPECT_TRUE(reprise.shows("mark healed")) << reprise.shown();
  EXPECT_FALSE(std::filesystem::exists(root() / "mark"));
  EXPECT_EQ(reprise.ended(), 0) << reprise.shown();
}

TEST_F(Rehearsal, ShowsEveryProbeOfWhichThePlanExpectsSomethingAndDemandsTheFirstSteadyState) {
  write_file(root() / "shop/second.yaml", second);
  AtTerminal reprise(place_, {"inject", "shop", "mark", "--for", "600s"});
  EXPECT_TRUE(reprise.shows("away: degraded  home: nominal  page: nominal")) << reprise.shown();
  EXPECT_TRUE(reprise.shows(" of 5 s  away:")) << reprise.shown();
  reprise.press_enter();
  EXPECT_EQ(reprise.ended(), 0) << reprise.shown();
  EXPECT_FALSE(std::filesystem::exists(root() / "mark"));
}

TEST_F(Rehearsal, OfASystemThatDoesNotStartTellsNothing) {
  std::string broken = plan;
  const std::string command = R"(python3, -m, http.server, "${port}", --bind, 127.0.0.1)";
  write(broken.replace(broken.find(command), command.size(), "'false'"), first);
  expect_nothing_rehearsed("mark", "web");
}

TEST_F(Rehearsal, OfAFaultThatCannotBeInjectedTellsNothing) {
  std::string failing = first;
  write(plan, failing.replace(failing.find("[touch, "), 8, "['false', "));
  expect_nothing_rehearsed("mark", "n’a pas pu être injectée");
}

TEST_F(Rehearsal, WithoutASteadyStateTellsNothing) {
  write(plan, second);
  std::string impatient = read_file(root() / "shop/plan.yaml");
  write_file(root() / "shop/plan.yaml",
             impatient.replace(impatient.find("within: 15s"), 11, "within: 1s"));
  expect_nothing_rehearsed("process_kill-1", "page");
}

}  // namespace
}  // namespace reprise::testing
