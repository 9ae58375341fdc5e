#include "harness/observe/browser.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>

namespace reprise {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using nlohmann::json;

// Beside the drill's folder, so that it goes with the drill even when we are killed.
Result<fs::path> make_profile(const fs::path& folder) {
  auto parent = folder.parent_path();
  if (parent.empty() || parent == parent.root_path() || ::access(parent.c_str(), W_OK) != 0) {
    std::error_code error;
    parent = fs::temp_directory_path(error);
    if (error) return failure("no folder for the browser's profile: {}", error.message());
  }
  auto pattern = (parent / "browser-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) return failure("cannot make the browser's profile {}", pattern);
  return fs::path(pattern);
}

std::vector<std::string> arguments(const std::string& program, const fs::path& profile) {
  return {program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
          "--no-default-browser-check", "--disable-background-networking",
          "--disable-component-update", "--disable-sync", "--disable-extensions",
          "--disable-default-apps", "--disable-breakpad", "--disable-crash-reporter",
          "--disable-dev-shm-usage", "--disable-client-side-phishing-detection",
          "--metrics-recording-only", "--mute-audio", "--password-store=basic", "--no-proxy-server",
          // Little memory: one drill watches one site.
          "--renderer-process-limit=3", "--disable-site-isolation-trials",
          "--disable-features=IsolateOrigins,site-per-process,Translate,MediaRouter,"
          "OptimizationHints,HttpsUpgrades,BackForwardCache,SpareRendererForSitePerProcess",
          "--disk-cache-size=1048576", "--js-flags=--max-old-space-size=256",
          // Pages in the background must not be slowed down: all of ours are.
          "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
          "--disable-renderer-backgrounding", fmt::format("--user-data-dir={}", profile.string()),
          "--remote-debugging-pipe"};
}

}  // namespace

std::shared_ptr<Browser> Browser::of(const ProbeContext& context) {
  static std::mutex mutex;
  static std::map<const Surroundings*, std::weak_ptr<Browser>> browsers;
  const std::lock_guard lock(mutex);
  std::erase_if(browsers, [](const auto& entry) { return entry.second.expired(); });
  auto& known = browsers[&context.surroundings];
  auto browser = known.lock();
  if (!browser) {
    browser.reset(new Browser(context));
    known = browser;
  }
  return browser;
}

Browser::~Browser() { end(); }

void Browser::end() {
  if (tools_) tools_->close();
  child_.reset();
  std::error_code error;
  // Its helpers may still write while they die.
  for (int tries = 0; !profile_.empty() && tries < 50; ++tries) {
    fs::remove_all(profile_, error);
    if (!error && !fs::exists(profile_, error)) break;
    ::usleep(10'000);
  }
  profile_.clear();
}

Result<void> Browser::launch() {
  auto profile = make_profile(context_.surroundings.folder());
  if (!profile) return std::unexpected(profile.error());
  profile_ = *profile;
  int commands[2];
  int answers[2];
  if (::pipe2(commands, O_CLOEXEC) != 0) return failure("no descriptors left");
  if (::pipe2(answers, O_CLOEXEC) != 0) {
    for (const int end : commands) ::close(end);
    return failure("no descriptors left");
  }
  ChildOptions options;
  options.environment = context_.surroundings.environment();
  // Nothing of the user's own settings is read or written.
  for (const char* name : {"HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"}) {
    options.environment.push_back(fmt::format("{}={}", name, profile_.string()));
  }
  // It makes a socket there, and the kernel takes no socket with a path of more than 107 bytes.
  options.folder = profile_;
  options.environment.emplace_back("TMPDIR=.");
  options.descriptors = {{3, commands[0]}, {4, answers[1]}};
  Result<std::unique_ptr<Child>> child = failure("");
  for (const char* program : {"chromium", "chromium-browser", "google-chrome"}) {
    options.arguments = arguments(program, profile_);
    child = Child::start(context_.executor, options);
    if (child) break;
  }
  ::close(commands[0]);
  ::close(answers[1]);
  tools_ = std::make_shared<DevTools>(context_.executor, answers[0], commands[1]);
  tools_->start();
  if (!child) {
    return std::unexpected(Error{"a page probe needs Chromium, which is not on the PATH",
                                 "install the package `chromium`",
                                 {}});
  }
  child_ = std::move(*child);
  return {};
}

asio::awaitable<Result<void>> Browser::start(Instant deadline) {
  if (starting_) {
    const auto others = starting_;
    others->expires_at(std::max(others->expiry(), deadline));
    boost::system::error_code ignored;
    auto token = asio::redirect_error(asio::use_awaitable, ignored);
    co_await others->async_wait(token);
  }
  if (tools_ && !tools_->closed()) co_return Result<void>{};
  if (starting_) co_return failure("the browser did not start in time");
  end();
  starting_ = std::make_shared<asio::steady_timer>(context_.executor, Instant::max());
  auto launched = launch();
  if (launched) {
    const auto tools = tools_;
    const auto nothing = json::object();
    auto version = co_await tools->call("Browser.getVersion", nothing, whole_browser, deadline);
    if (version) {
      user_agent_ = version->value("userAgent", "");
      const auto headless = user_agent_.find("Headless");
      if (headless != user_agent_.npos) user_agent_.erase(headless, 8);
    } else {
      launched = failure("Chromium did not start: {}", version.error().what);
    }
  }
  if (!launched) end();
  starting_->cancel();
  starting_.reset();
  co_return launched;
}

}  // namespace reprise
