#include "injectors/proxy/loop.h"

#include <future>
#include <mutex>

#include <signal.h>

#include <boost/asio/dispatch.hpp>

namespace reprise::proxy {

std::shared_ptr<Loop> Loop::shared() {
  static std::mutex mutex;
  static std::weak_ptr<Loop> current;
  const std::lock_guard lock(mutex);
  auto loop = current.lock();
  if (!loop) current = loop = std::make_shared<Loop>();
  return loop;
}

Loop::Loop() : guard_(context_.get_executor()) {
  // The program's signals are for its main thread; a crash stays where it happened.
  sigset_t all, before;
  sigfillset(&all);
  for (const int crash : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigdelset(&all, crash);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { context_.run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Loop::~Loop() {
  context_.stop();
  thread_.join();
}

void Loop::run(const std::function<void()>& work) {
  std::promise<void> done;
  boost::asio::dispatch(context_, [&] {
    try {
      work();
      done.set_value();
    } catch (...) {
      done.set_exception(std::current_exception());
    }
  });
  done.get_future().get();
}

}  // namespace reprise::proxy
