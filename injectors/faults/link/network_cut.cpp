// A condition: the link is cut, by its proxy or by the kernel. refuse: nobody listens any more and
// open connections are reset, as if the service's machine had rebooted. silence: connections are
// accepted by the kernel but nothing passes either way; when healed, what was under way goes on, as
// after a real outage.
#include <set>

#include "harness/model/registry.h"
#include "injectors/kernel/packet_cut.h"
#include "injectors/links/link_fault.h"

namespace reprise::proxy {
namespace {

class Refusal final : public Filter {
 public:
  bool refuses() const override { return true; }
  void on_refused() override { hit(); }
  Then on_live(Flow& flow) override {
    hit(flow);
    return Then::reset;
  }
};

class Silence final : public Filter {
 public:
  bool acts_on_bytes() const override { return true; }
  Then on_connect(Flow& flow) override {
    hit(flow);
    return Then::hold;
  }
  Passage on_chunk(Flow& flow, std::uint64_t) override {
    hit(flow);
    return {Then::hold, 0};
  }
};

Result<std::shared_ptr<Filter>> make_network_cut(const nlohmann::json& with, std::uint64_t) {
  if (with.value("how", "refuse") == "silence") return std::make_shared<Silence>();
  return std::make_shared<Refusal>();
}

Shape options() {
  return Shape::object(
      {{.name = "how",
        .shape = Shape::choice({"refuse", "silence"}),
        .doc = "refuse: new connections are refused, open ones reset; silence: nothing passes, "
               "and goes on when healed; default refuse."},
       {.name = "by",
        .shape = Shape::choice({"proxy", "kernel"}),
        .doc = "kernel: packets are rejected or dropped by a rule that dies with the program "
               "(needs the sandbox or root); default proxy."},
       {.name = "direction",
        .shape = Shape::choice({"both", "to", "from"}),
        .doc = "by kernel only: what the client sends, what the service answers, or both; "
               "default both."},
       {.name = "also",
        .shape = Shape::list(Shape::name_of("link")),
        .doc = "by kernel only: more links to cut at the same instant."}});
}

FaultKind network_cut_kind() {
  FaultKind cut =
      link_fault({.name = "network_cut",
                  .summary = "Cuts a link: connections are refused and reset, or fall silent.",
                  .options = options(),
                  .example = {{"inject", "network_cut"},
                              {"into", "client-to-server"},
                              {"with", {{"how", "refuse"}}}}},
                 {.filter = make_network_cut,
                  .one = "1 connection cut",
                  .many = "connections cut",
                  .http_only = false});
  cut.make = [by_proxy = cut.make](
                 const FaultSpec& spec,
                 const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
    std::set<std::string> links{spec.into};
    for (const auto& other : spec.with.value("also", nlohmann::json::array())) {
      if (links.insert(other).second) continue;
      return failure("the link {} is named twice", other.get<std::string>());
    }
    if (spec.with.value("by", "proxy") == "kernel") return packet_cut(spec, surroundings);
    if (spec.with.contains("also") || spec.with.contains("direction")) {
      return failure("'also' and 'direction' need 'by: kernel'");
    }
    return by_proxy(spec, surroundings);
  };
  cut.variants = {{{"by", "kernel"}}};
  return cut;
}

const Registered<FaultKind> network_cut_registered{network_cut_kind()};

}  // namespace
}  // namespace reprise::proxy
