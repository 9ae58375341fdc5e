#include "injectors/proxy/link_fault.h"

#include "injectors/proxy/proxy.h"
#include "injectors/receipt.h"

namespace reprise::proxy {
namespace {

// Not std::hash: the same scenario draws the same requests whatever built the program (FNV-1a).
std::uint64_t seed_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037u;
  for (const unsigned char letter : text) hash = (hash ^ letter) * 1099511628211u;
  return hash;
}

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
    auto filter = fault_->filter(spec_.with, seed_of(spec_.id));
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
    return std::make_unique<LinkInjector>(spec, surroundings, shared);
  };
  return {FaultInfo{std::move(info), Nature::condition, Target::link}, std::move(make)};
}

}  // namespace reprise::proxy
