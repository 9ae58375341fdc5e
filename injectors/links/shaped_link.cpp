#include "injectors/links/shaped_link.h"

#include "injectors/kernel/first_count.h"

namespace reprise {
namespace {

class Shaped final : public Injector {
 public:
  Shaped(const FaultSpec& spec, const Surroundings& surroundings, Shaping shaping, std::string done,
         std::unique_ptr<Injector> by_proxy)
      : spec_(spec),
        surroundings_(surroundings),
        shaping_(std::move(shaping)),
        done_(std::move(done)),
        by_proxy_(std::move(by_proxy)) {}

  Result<nlohmann::json> prepare() override { return by_proxy_->prepare(); }

  Result<void> inject(const nlohmann::json& receipt) override {
    first_.begin(surroundings_.now());
    const auto shaped = shape();
    if (shaped) return {};
    classes_.clear();
    why_not_ = shaped.error().text();
    return by_proxy_->inject(receipt);
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    classes_.clear();
    return by_proxy_->revert(receipt);
  }

  std::optional<Bite> confirm() override {
    if (!why_not_.empty()) {
      auto bite = by_proxy_->confirm();
      if (bite) bite->evidence += fmt::format(" by the proxy, not the kernel: {}", why_not_);
      return bite;
    }
    const Instant asked = surroundings_.now();
    const auto count = counted();
    const auto at = first_.look(asked, count);
    if (!at) return std::nullopt;
    return Bite{*at, fmt::format("{} {} by the kernel", *count, done_)};
  }

  nlohmann::json state() override {
    std::vector<std::string> left;
    for (const std::string& name : names_) {
      if (TrafficClass::exists(name)) left.push_back(name);
    }
    nlohmann::json seen = by_proxy_->state();
    seen["queues"] = left.empty() ? "without it" : fmt::format("with {}", fmt::join(left, ", "));
    if (!why_not_.empty()) seen["instead"] = "with the proxy, not the kernel: " + why_not_;
    return seen;
  }

 private:
  [[nodiscard]] Result<std::uint64_t> counted() const {
    std::uint64_t sum = 0;
    for (const auto& each : classes_) {
      const auto slowed = each->slowed();
      if (!slowed) return slowed;
      sum += *slowed;
    }
    return sum;
  }

  Result<void> shape() {
    if (!surroundings_.sandboxed()) return failure("the drill has no network of its own");
    const LinkServer* link = surroundings_.link(spec_.into);
    if (!link) return failure("there is no link {} in this drill", spec_.into);
    const auto direction = spec_.with.value("direction", "both");
    for (const auto& [name, end] : {std::pair("requests", "dport"), {"responses", "sport"}}) {
      if (direction != "both" && direction != name) continue;
      auto made = TrafficClass::create(shaping_, link->endpoint().port, end);
      if (!made) return std::unexpected(made.error());
      names_.push_back((*made)->name());
      classes_.push_back(std::move(*made));
    }
    return {};
  }

  FaultSpec spec_;
  const Surroundings& surroundings_;
  Shaping shaping_;
  std::string done_;
  std::unique_ptr<Injector> by_proxy_;
  std::vector<std::unique_ptr<TrafficClass>> classes_;
  std::vector<std::string> names_;  // of the classes, also when they are gone
  std::string why_not_;             // the kernel does it; empty: it does
  FirstCount first_;
};

}  // namespace

Shape shaped_link_shape(std::vector<Shape::Field> options) {
  options.push_back({.name = "direction",
                     .shape = Shape::choice({"both", "requests", "responses"}),
                     .doc = "Which way: from the client, to the client, or both; default both."});
  options.push_back({.name = "by",
                     .shape = Shape::choice({"proxy", "kernel"}),
                     .doc = "kernel: by the kernel's own queues where it has them, in a sandbox, "
                            "else by the proxy all the same, which the evidence says; default "
                            "proxy."});
  return Shape::object(std::move(options));
}

FaultKind or_by_kernel(FaultKind kind, ShapedLink link) {
  kind.make = [by_proxy = kind.make, link = std::move(link)](
                  const FaultSpec& spec,
                  const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
    auto proxied = by_proxy(spec, surroundings);
    if (!proxied || spec.with.value("by", "proxy") == "proxy") return proxied;
    auto shaping = link.shaping(spec.with);
    if (!shaping) return std::unexpected(shaping.error());
    return std::make_unique<Shaped>(spec, surroundings, std::move(*shaping), link.done,
                                    std::move(*proxied));
  };
  kind.variants = {{{"by", "kernel"}}};
  return kind;
}

}  // namespace reprise
