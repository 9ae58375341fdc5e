// The one background thread on which every proxy of this process runs; it begins with the first
// proxy and ends with the last.
//
// Ownership: shared by the proxies. Threads: `run` from any thread, also from the loop's own.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace reprise::proxy {

class Loop {
 public:
  [[nodiscard]] static std::shared_ptr<Loop> shared();
  Loop();
  ~Loop();  // never on the loop's own thread
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  // Runs `work` on the loop's thread and returns when it is done.
  void run(const std::function<void()>& work);

 private:
  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
  std::thread thread_;
};

}  // namespace reprise::proxy
