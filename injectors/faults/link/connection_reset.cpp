// A condition: connections are accepted and reset (RST, as when a process dies or a firewall
// drops its state), at once or after some bytes; open ones as well.
#include "harness/model/registry.h"
#include "injectors/links/link_fault.h"

namespace reprise::proxy {
namespace {

class ConnectionReset final : public Filter {
 public:
  explicit ConnectionReset(std::optional<std::uint64_t> after) : after_(after) {}

  bool acts_on_bytes() const override { return after_.has_value(); }
  Then on_connect(Flow& flow) override { return on_live(flow); }
  Then on_live(Flow& flow) override {
    if (after_) return Then::pass;
    hit(flow);
    return Then::reset;
  }
  Passage on_chunk(Flow& flow, std::uint64_t bytes) override {
    if (flow.passed + bytes <= *after_) return {};
    if (flow.passed < *after_) return {Then::reset, *after_ - flow.passed};
    hit(flow);
    return {Then::reset, 0};
  }

 private:
  std::optional<std::uint64_t> after_;
};

Result<std::shared_ptr<Filter>> make_connection_reset(const nlohmann::json& with, std::uint64_t) {
  if (!with.contains("after")) return std::make_shared<ConnectionReset>(std::nullopt);
  const auto after = parse_size(with["after"].get<std::string>());
  if (!after) return std::unexpected(after.error());
  return std::make_shared<ConnectionReset>(*after);
}

const Registered<FaultKind> connection_reset_registered{link_fault(
    {.name = "connection_reset",
     .summary = "Resets connections, new and open ones, at once or after some bytes.",
     .options = Shape::object(
         {{.name = "after",
           .shape = Shape::size(),
           .doc = "So many bytes pass in either direction before the reset; default at once."}}),
     .example = {{"inject", "connection_reset"}, {"into", "client-to-server"}}},
    {.filter = make_connection_reset,
     .one = "1 connection reset",
     .many = "connections reset",
     .http_only = false})};

}  // namespace
}  // namespace reprise::proxy
