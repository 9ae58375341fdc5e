#include "injectors/links/link_fault.h"

#include "injectors/links/proxied_link.h"
#include "injectors/proxy/match.h"
#include "injectors/receipts/receipt.h"
#include "injectors/receipts/seed.h"

namespace reprise::proxy {
namespace {

class LinkInjector final : public Injector {
 public:
  LinkInjector(const FaultSpec& spec, const Surroundings& surroundings,
               std::shared_ptr<const LinkFault> fault)
      : spec_(spec), surroundings_(surroundings), fault_(std::move(fault)) {}

  Result<nlohmann::json> prepare() override {
    const auto proxy = on(surroundings_, spec_.into);
    if (!proxy) return std::unexpected(proxy.error());
    if (fault_->http_only && !(*proxy)->http()) {
      return failure("{} reads HTTP, but link {} is declared as tcp", spec_.kind, spec_.into);
    }
    return nlohmann::json{{"link", spec_.into}, {"fault", spec_.id}};
  }

  Result<void> inject(const nlohmann::json&) override {
    const auto proxy = on(surroundings_, spec_.into);
    if (!proxy) return std::unexpected(proxy.error());
    auto filter = fault_->filter(spec_.with, seed_of(spec_, surroundings_));
    if (!filter) return std::unexpected(filter.error());
    filter_ = *filter;
    return (*proxy)->install(spec_.id, filter_);
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    const auto link = receipt_field<std::string>(receipt, "link");
    if (!link) return std::unexpected(link.error());
    const auto id = receipt_field<std::string>(receipt, "fault");
    if (!id) return std::unexpected(id.error());
    // The proxy lives in the worker: where there is none, nothing of the fault is left.
    if (!surroundings_.link(*link)) return {};
    const auto proxy = on(surroundings_, *link);
    if (!proxy) return std::unexpected(proxy.error());
    return (*proxy)->remove(*id);
  }

  std::optional<Bite> confirm() override {
    if (!filter_) return std::nullopt;
    const auto first = filter_->first_victim();
    if (!first) return std::nullopt;
    const auto victims = filter_->victims();
    return Bite{*first, victims == 1 ? fault_->one : fmt::format("{} {}", victims, fault_->many)};
  }

 private:
  FaultSpec spec_;
  const Surroundings& surroundings_;
  std::shared_ptr<const LinkFault> fault_;
  std::shared_ptr<Filter> filter_;
};

}  // namespace

FaultKind link_fault(KindInfo info, LinkFault fault) {
  auto shared = std::make_shared<const LinkFault>(std::move(fault));
  auto make = [shared](const FaultSpec& spec,
                       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
    if (auto taken = Match::check(spec.with); !taken) return std::unexpected(taken.error());
    // Options that do nothing, or do not fit each other, are told before a drill starts.
    if (const auto fits = shared->filter(spec.with, 0); !fits) {
      return std::unexpected(fits.error());
    }
    return std::make_unique<LinkInjector>(spec, surroundings, shared);
  };
  FaultInfo known{std::move(info), Nature::condition, Target::link};
  known.http_only = shared->http_only;
  return {std::move(known), std::move(make)};
}

}  // namespace reprise::proxy
