#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/observe/observing.h"
#include "tests/observe/processes.h"
#include "tests/observe/test_server.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr Duration patience = std::chrono::seconds(20);

std::atomic<int> ticks = 0;

void serve(const Served& client) {
  const auto request = client.read_request();
  const std::string html = "Content-Type: text/html; charset=utf-8\r\n";
  if (request.starts_with("GET /late ")) {
    client.answer("200 OK",
                  "<title>Late</title><div id=a></div><script>setTimeout(() => { a.innerText = "
                  "'arrived'; a.className = 'ready'; }, 400)</script>",
                  html);
  } else if (request.starts_with("GET /two-steps ")) {
    client.answer("200 OK",
                  "<div id=a>Loading</div><script>setTimeout(() => { a.innerText = 'arrived'; "
                  "a.className = 'ready'; }, 700)</script>",
                  html);
  } else if (request.starts_with("GET /ticking ")) {
    client.answer("200 OK", "<p>ticking</p><script>setInterval(() => fetch('/tick'), 20)</script>",
                  html);
  } else if (request.starts_with("GET /tick ")) {
    ++ticks;
    client.answer("200 OK", "{}");
  } else if (request.starts_with("GET /dialog ")) {
    client.answer("200 OK", "<script>alert('stop')</script><p>after the dialog</p>", html);
  } else if (request.starts_with("GET /empty-error ")) {
    client.answer("500 Internal Server Error", "", html);
  } else if (request.starts_with("GET /error ")) {
    client.answer("502 Bad Gateway", "<p>no luck</p>", html);
  } else if (request.starts_with("GET /long ")) {
    client.answer("200 OK", "<p>" + std::string(9'000, 'x') + " Fatal error</p>", html);
  } else if (request.starts_with("GET /silent ")) {
    client.stay_silent();
  } else if (request.starts_with("GET /cut ")) {
    client.reset();
  } else if (request.starts_with("GET /language ")) {
    const auto at = request.find("Accept-Language: ");
    client.answer("200 OK",
                  "<p>" + request.substr(at, request.find("\r\n", at) - at) +
                      "</p><p id=a></p><script>a.innerText = navigator.language</script>",
                  html);
  } else {
    client.answer("200 OK",
                  "<title>D\xC3\xA9tail</title><p>seen</p><p style='display:none'>hidden</p>",
                  html);
  }
}

class PageProbe : public ::testing::Test {
 protected:
  void SetUp() override {
    observing_.surroundings.root = place_ / "system";
    std::filesystem::create_directories(observing_.surroundings.root);
    probe_ = make("/");
    const auto opened = observing_.open(*probe_);
    if (!opened && opened.error().text().find("not on the PATH") != std::string::npos) {
      GTEST_SKIP() << opened.error().text();
    }
    ASSERT_TRUE(opened) << opened.error().text();
  }
  // The last probe takes the browser and all it made with it.
  void TearDown() override {
    probe_.reset();
    for (int tries = 0; tries < 3000 && processes_mentioning(folder_.path()) > 0; ++tries) {
      std::this_thread::sleep_for(1ms);
    }
    EXPECT_EQ(processes_mentioning(folder_.path()), 0U);
    EXPECT_EQ(own_children(), 0U);
    for (const auto& entry : std::filesystem::directory_iterator(place_)) {
      EXPECT_EQ(entry.path().filename(), "system");
    }
  }

  std::unique_ptr<Probe> make(const std::string& path, json options = json::object()) {
    options["url"] = server_.url(path);
    return observing_.make(Observing::spec("page", options));
  }
  Observation look(const std::string& path, json options = json::object()) {
    const auto probe = make(path, std::move(options));
    return observing_.sample(*probe, patience).seen;
  }

  TestServer server_{serve};
  TemporaryFolder folder_;
  // Longer than the path of a socket may be.
  std::filesystem::path place_ = folder_.path() / std::string(100, 'l');
  Observing observing_;
  std::unique_ptr<Probe> probe_;
};

TEST_F(PageProbe, SeesWhatAPersonCanRead) {
  const auto seen = observing_.sample(*probe_, patience).seen;
  EXPECT_EQ(seen.outcome, "answered");
  EXPECT_EQ(seen.values, json({{"status", 200}, {"title", "Détail"}, {"text", "seen"}}));
}

TEST_F(PageProbe, WaitsForTextForASelectorAndForAGivenText) {
  EXPECT_EQ(look("/late").values.at("text"), "arrived");
  EXPECT_EQ(look("/two-steps").values.at("text"), "Loading");
  EXPECT_EQ(look("/two-steps", {{"wait-for", ".ready"}}).values.at("text"), "arrived");
  EXPECT_EQ(look("/two-steps", {{"wait-for-text", "arrived"}}).values.at("text"), "arrived");
  const auto wrong = look("/", {{"wait-for", "]["}});
  EXPECT_EQ(wrong.outcome, "error");
}

TEST_F(PageProbe, SearchesAllThatAPersonCanRead) {
  const json fatal{{"text", {{"contains", "Fatal error"}}}};
  const auto spec = Observing::spec("page", {{"url", server_.url("/long")}});
  const auto asked = observing_.make(Observing::asked(spec, {fatal}));
  EXPECT_EQ(judged(fatal, observing_.sample(*asked, patience).seen), Truth::holds);
  const auto unasked = look("/long");
  EXPECT_EQ(judged(fatal, unasked), Truth::unknown);
  EXPECT_LT(unasked.values.dump().size(), 5'000U);
}

TEST_F(PageProbe, AsksForTheLanguageItWasGiven) {
  const auto text = look("/language", {{"language", "fr"}}).values.at("text").get<std::string>();
  EXPECT_THAT(text, HasSubstr("Accept-Language: fr"));
  EXPECT_THAT(text, ::testing::EndsWith("fr"));
}

TEST_F(PageProbe, SeesErrorPagesAsAnswers) {
  const auto full = look("/error");
  EXPECT_EQ(full.values.at("status"), 502);
  EXPECT_EQ(full.values.at("text"), "no luck");
  const auto empty = look("/empty-error");
  EXPECT_EQ(empty.outcome, "answered");
  EXPECT_EQ(empty.values.at("status"), 500);
  EXPECT_EQ(empty.values.at("text"), "");
}

TEST_F(PageProbe, SaysRefusedResetAndTimeout) {
  const auto nobody =
      observing_.make(Observing::spec("page", {{"url", "http://" + free_address() + "/"}}));
  EXPECT_EQ(observing_.sample(*nobody, patience).seen.outcome, "refused");
  EXPECT_EQ(look("/cut").outcome, "reset");
  const auto silent = make("/silent");
  expect_late_by_300ms(observing_.sample(*silent, 300ms));
  const auto never = make("/", {{"wait-for", "#never"}});
  const auto late = observing_.sample(*never, 1s);
  EXPECT_EQ(late.seen.outcome, "timeout");
  EXPECT_EQ(late.seen.values.at("status"), 200);
  EXPECT_LT(late.took, 1100ms);
}

TEST_F(PageProbe, IsNotHeldUpByADialog) {
  EXPECT_EQ(look("/dialog").values.at("text"), "after the dialog");
}

// A page that asks the system for something all the time would be a load of its own making.
TEST_F(PageProbe, LeavesNoPageOpenAfterASample) {
  EXPECT_EQ(look("/ticking").values.at("text"), "ticking");
  EXPECT_GT(ticks, 0);
  const auto run_for = [&](Duration duration) {
    observing_.engine.restart();
    observing_.engine.run_for(duration);
  };
  run_for(500ms);
  const int before = ticks;
  run_for(500ms);
  EXPECT_EQ(ticks, before);
}

TEST_F(PageProbe, TakesOverlappingSamplesInOneBrowser) {
  const auto other = make("/late");
  for (const auto& taken : observing_.sample_together(*other, 4, patience)) {
    EXPECT_EQ(taken.seen.values.value("text", ""), "arrived") << taken.seen.values;
  }
  std::size_t browsers = 0;
  for (const auto& process : all_processes()) {
    browsers += process.parent == ::getpid() ? 1 : 0;
  }
  EXPECT_EQ(browsers, 1U);
}

TEST_F(PageProbe, StartsTheBrowserAgainWhenItHasDied) {
  observing_.sample(*probe_, patience);
  for (const auto& process : all_processes()) {
    if (process.parent == ::getpid()) ::kill(process.pid, SIGKILL);
  }
  observing_.sample(*probe_, patience);
  EXPECT_EQ(observing_.sample(*probe_, patience).seen.outcome, "answered");
}

TEST(PageProbeWithoutChromium, SaysWhatIsMissing) {
  const std::string path = ::getenv("PATH");
  TemporaryFolder folder;
  ::setenv("PATH", folder.path().c_str(), 1);
  Observing observing;
  observing.surroundings.root = folder.path() / "system";
  const auto probe = observing.make(Observing::spec("page", {{"url", "http://127.0.0.1:1/"}}));
  const auto opened = observing.open(*probe);
  ::setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().text(), HasSubstr("needs Chromium"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace reprise
