// A link of a drill, served by a proxy: what the engine starts, and where faults find the proxy.
//
// Ownership: as its proxy. Threads: any.
#pragma once

#include <memory>
#include <string_view>

#include "harness/engine/site/surroundings.h"
#include "injectors/proxy/proxy.h"

namespace reprise::proxy {

class ProxiedLink final : public LinkServer {
 public:
  explicit ProxiedLink(std::unique_ptr<Proxy> proxy) : proxy_(std::move(proxy)) {}

  [[nodiscard]] Address endpoint() const override { return {"127.0.0.1", proxy_->port()}; }
  [[nodiscard]] Proxy& proxy() const { return *proxy_; }

 private:
  std::unique_ptr<Proxy> proxy_;
};

// The proxy of a link of this drill.
[[nodiscard]] Result<Proxy*> on(const Surroundings& surroundings, std::string_view link);

}  // namespace reprise::proxy
