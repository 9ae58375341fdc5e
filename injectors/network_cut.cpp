// A condition: the link is cut. refuse: nobody listens any more and open connections are reset, as
// if the service's machine had rebooted. silence: connections are accepted by the kernel but
// nothing passes either way; when healed, what was under way goes on, as after a real outage.
#include "harness/model/registry.h"
#include "injectors/proxy/link_fault.h"

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

Result<std::shared_ptr<Filter>> make(const nlohmann::json& with, std::uint64_t) {
  if (with.value("how", "refuse") == "silence") return std::make_shared<Silence>();
  return std::make_shared<Refusal>();
}

const Registered<FaultKind> registered{link_fault(
    {.name = "network_cut",
     .summary = "Cuts a link: connections are refused and reset, or fall silent.",
     .options = Shape::object(
         {{.name = "how",
           .shape = Shape::choice({"refuse", "silence"}),
           .doc = "refuse: new connections are refused, open ones reset; silence: nothing passes, "
                  "and goes on when healed; default refuse."}}),
     .example = {{"inject", "network_cut"},
                 {"into", "client-to-server"},
                 {"with", {{"how", "refuse"}}}}},
    {.filter = make,
     .one = "1 connection cut",
     .many = "connections cut",
     .http_only = false})};

}  // namespace
}  // namespace reprise::proxy
