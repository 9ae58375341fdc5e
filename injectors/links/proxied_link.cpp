#include "injectors/links/proxied_link.h"

#include "harness/engine/site/link.h"
#include "harness/model/registry.h"

namespace reprise::proxy {

Result<Proxy*> on(const Surroundings& surroundings, std::string_view link) {
  auto* served = dynamic_cast<ProxiedLink*>(surroundings.link(link));
  if (!served) return failure("there is no link {} in this drill", link);
  return &served->proxy();
}

namespace {

Result<std::unique_ptr<LinkServer>> make_link(const Link& link, std::string upstream) {
  Proxy::Settings settings;
  settings.service = std::move(upstream);
  settings.http = link.protocol == "http";
  settings.transparent = link.transparent;
  auto proxy = Proxy::start(std::move(settings));
  if (!proxy) return std::unexpected(proxy.error());
  return std::make_unique<ProxiedLink>(std::move(*proxy));
}

const Registered<LinkMaker> proxy_registered{{.name = "proxy", .make = make_link}};

}  // namespace
}  // namespace reprise::proxy
