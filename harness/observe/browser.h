// The drill's one browser, shared by all its page probes: a headless Chromium in a process group
// and with a profile of its own, neither of which outlives it.
//
// Ownership: shared by the page probes of a drill; the last one ends it. Threads: the engine's.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "harness/observe/child.h"
#include "harness/observe/devtools.h"
#include "harness/observe/probe.h"

namespace reprise {

class Browser {
 public:
  // The browser of this drill; not started yet.
  static std::shared_ptr<Browser> of(const ProbeContext& context);
  ~Browser();

  // Starts it, or waits for a start under way. Once started it does nothing; a browser that has
  // died is started again.
  boost::asio::awaitable<Result<void>> start(Instant deadline);
  [[nodiscard]] const std::shared_ptr<DevTools>& tools() const { return tools_; }
  // What it calls itself to servers, without saying that it is headless.
  [[nodiscard]] const std::string& user_agent() const { return user_agent_; }

 private:
  explicit Browser(const ProbeContext& context) : context_(context) {}
  Result<void> launch();
  void end();

  ProbeContext context_;
  std::filesystem::path profile_;
  std::unique_ptr<Child> child_;
  std::shared_ptr<DevTools> tools_;
  std::shared_ptr<boost::asio::steady_timer> starting_;  // others wait for it to be cancelled
  std::string user_agent_;
};

}  // namespace reprise
