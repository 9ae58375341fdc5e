// The fault-injecting proxy behind one link.
//
// It listens on 127.0.0.1, dials the service anew for every client, and lets the installed filters
// act on what passes, in the order of their installation. Without filters it only copies (tcp) or
// copies message by message (http).
// A service that cannot be reached looks so: the client's connection is accepted, because the
// proxy listens for the service, and reset at once.
//
// Ownership: destroying it resets its connections and frees its port; the background thread ends
// with the last proxy. Threads: every function may be called from any thread; install and remove
// return when they have taken effect. Never destroy one on the proxy's own thread.
#pragma once

#include <memory>
#include <string>

#include "harness/model/error.h"
#include "injectors/proxy/filter.h"

namespace reprise {
class OwnedTable;
}

namespace reprise::proxy {

class Loop;

class Proxy final {
 public:
  struct Settings {
    std::string service;  // host:port, looked up for every connection
    bool http = false;
    bool transparent = false;  // connections to `service` are led here by the kernel
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one
  };
  static Result<std::unique_ptr<Proxy>> start(Settings settings);
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;
  ~Proxy();

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] bool http() const;
  [[nodiscard]] std::size_t connections() const;  // open now

  // Acts on open connections too. The same filter again: nothing happens; another one under the
  // same id takes its place.
  Result<void> install(const std::string& id, std::shared_ptr<Filter> filter);
  // Nothing under that id: nothing happens.
  Result<void> remove(const std::string& id);

 private:
  class State;
  Proxy(std::shared_ptr<Loop> loop, std::shared_ptr<State> state);
  std::shared_ptr<Loop> loop_;
  std::shared_ptr<State> state_;
  std::unique_ptr<OwnedTable> redirect_;  // of a transparent proxy
};

}  // namespace reprise::proxy
