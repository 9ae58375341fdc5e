// A service, the proxy before it, and a drill's surroundings that know the link.
//
// Ownership: as its members. Threads: the test's.
#pragma once

#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "harness/engine/site/link.h"
#include "harness/model/registry.h"
#include "injectors/links/proxied_link.h"
#include "tests/proxy/plain_client.h"
#include "tests/proxy/test_service.h"
#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"

namespace reprise {

struct TestLink {
  explicit TestLink(std::string upstream, bool http, bool transparent = false) {
    Link link;
    link.name = "client-to-server";
    link.protocol = http ? "http" : "tcp";
    link.transparent = transparent;
    auto made = Registry<LinkMaker>::find("proxy")->make(link, std::move(upstream));
    if (!made) throw std::runtime_error(made.error().text());
    server = std::move(*made);
    surroundings.links["client-to-server"] = server.get();
  }
  explicit TestLink(const TestService& service, bool http) : TestLink(service.address(), http) {}

  [[nodiscard]] std::uint16_t port() const { return server->endpoint().port; }
  [[nodiscard]] proxy::Proxy& proxy() const {
    return dynamic_cast<proxy::ProxiedLink&>(*server).proxy();
  }

  std::unique_ptr<LinkServer> server;
  FixedSurroundings surroundings;
};

// A fault on the test's link, injected and reverted as the runner does.
struct LinkFaultUnderTest {
  LinkFaultUnderTest(const TestLink& link, std::string kind, nlohmann::json with = nullptr)
      : spec(fault_spec(std::move(kind), "client-to-server",
                        with.is_null() ? nlohmann::json::object() : std::move(with))),
        injector(make_fault(spec, link.surroundings)) {
    receipt = injector->prepare().value();
  }
  void inject() {
    const auto done = injector->inject(receipt);
    EXPECT_TRUE(done) << why(done);
  }
  void revert() {
    const auto done = injector->revert(receipt);
    EXPECT_TRUE(done) << why(done);
  }
  [[nodiscard]] bool bit() const { return injector->confirm().has_value(); }

  FaultSpec spec;
  std::unique_ptr<Injector> injector;
  nlohmann::json receipt;
};

// How long `work` takes at best, in milliseconds: what it takes more now and then is the machine's
// doing. Every attempt must take `least`, and tries end with the first that takes less than `most`.
inline void expect_takes(double least, double most, const std::function<void()>& work) {
  double fastest = 1e9;
  for (int attempt = 0; attempt < 10 && fastest >= most; ++attempt) {
    const auto start = Clocked::now();
    work();
    const std::chrono::duration<double, std::milli> taken = Clocked::now() - start;
    EXPECT_GE(taken.count(), least);
    fastest = std::min(fastest, taken.count());
  }
  EXPECT_LT(fastest, most);
}

inline double milliseconds_since(Clocked::time_point start) {
  return std::chrono::duration<double, std::milli>(Clocked::now() - start).count();
}

}  // namespace reprise
