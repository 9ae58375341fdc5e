// A drill with real processes, as far as its site and its supervisor go.
//
// Ownership: everything it started is gone when it is destroyed. Threads: the test's.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "harness/engine/services/supervisor.h"
#include "harness/engine/site/site.h"
#include "tests/support/temporary_folder.h"

namespace reprise::testing {

class LiveDrill {
 public:
  LiveDrill();
  ~LiveDrill();
  LiveDrill(const LiveDrill&) = delete;
  LiveDrill& operator=(const LiveDrill&) = delete;

  // Before prepare. The reference stays valid.
  Service& add(const std::string& name, std::vector<std::string> command);
  // A python3 program; PORT is in its environment.
  Service& add_python(const std::string& name, const std::string& program);
  // Listens on its port after `delay` seconds.
  Service& add_listener(const std::string& name, const std::string& delay = "0");
  void prepare();

  // Runs a coroutine to its end; fails the test when that takes more than 20 s.
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    std::optional<T> answer;
    std::exception_ptr thrown;
    bool done = false;
    auto finished = [&](std::exception_ptr error, T value) {
      thrown = error;
      answer.emplace(std::move(value));
      done = true;
    };
    boost::asio::co_spawn(context, std::move(work), finished);
    run_until([&] { return done; });
    if (thrown) std::rethrow_exception(thrown);
    return std::move(answer.value());
  }
  void run(boost::asio::awaitable<void> work);
  // Lets the engine work until it comes true, or 20 s have passed.
  bool run_until(const std::function<bool()>& condition);
  void run_for(std::chrono::milliseconds time);

  // Journal events of one name; `service` states of one service, in order.
  [[nodiscard]] std::vector<nlohmann::json> events(const std::string& name) const;
  [[nodiscard]] std::vector<std::string> states(const std::string& service) const;
  [[nodiscard]] std::vector<nlohmann::json> state_events(const std::string& service,
                                                         const std::string& state) const;
  [[nodiscard]] bool printed(const std::string& service, const std::string& line) const;
  // Found by their environment, by a look of the test's own at /proc.
  [[nodiscard]] std::vector<int> processes_left() const;

  TemporaryFolder folder;
  Plan plan;
  SteadyClock clock;
  boost::asio::io_context context{1};
  BlockingPool pool{2};
  std::optional<Journal> journal;
  std::unique_ptr<Site> site;
  std::unique_ptr<Supervisor> supervisor;
  LogPatterns patterns;
  std::vector<ProcessId> told;  // what the undo log would hold
  std::string id;
};

// Whether this process has a child that ended and was not reaped, or one that runs.
[[nodiscard]] bool has_children();

}  // namespace reprise::testing
