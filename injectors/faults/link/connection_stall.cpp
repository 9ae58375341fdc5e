// A condition: connections are accepted and some bytes pass, then nothing more; nobody closes.
// When healed, what was held back goes on.
#include "harness/model/registry.h"
#include "injectors/links/link_fault.h"

namespace reprise::proxy {
namespace {

class ConnectionStall final : public Filter {
 public:
  ConnectionStall(std::uint64_t after, std::string direction)
      : after_(after), direction_(std::move(direction)) {}

  bool acts_on_bytes() const override { return true; }
  Passage on_chunk(Flow& flow, std::uint64_t bytes) override {
    const bool requests = flow.direction == Direction::to_service;
    if (direction_ == (requests ? "responses" : "requests")) return {};
    const auto left = after_ - std::min(after_, flow.passed);
    if (left > 0 && bytes <= left) return {};
    if (left > 0) return {Then::hold, left};
    hit(flow);
    return {Then::hold, 0};
  }

 private:
  std::uint64_t after_;
  std::string direction_;
};

Result<std::shared_ptr<Filter>> make_connection_stall(const nlohmann::json& with, std::uint64_t) {
  const auto after = parse_size(with.value("after", "0B"));
  if (!after) return std::unexpected(after.error());
  return std::make_shared<ConnectionStall>(*after, with.value("direction", "responses"));
}

const Registered<FaultKind> connection_stall_registered{link_fault(
    {.name = "connection_stall",
     .summary = "Lets connections and some bytes pass, then nothing more.",
     .options = Shape::object(
         {{.name = "after",
           .shape = Shape::size(),
           .doc = "So many bytes pass on a connection, each way, before it stalls; default 0B."},
          {.name = "direction",
           .shape = Shape::choice({"both", "requests", "responses"}),
           .doc = "Which way stalls: from the client, to it, or both; default responses."}}),
     .example = {{"inject", "connection_stall"},
                 {"into", "client-to-server"},
                 {"with", {{"after", "100B"}}}}},
    {.filter = make_connection_stall,
     .one = "1 connection stalled",
     .many = "connections stalled",
     .http_only = false})};

}  // namespace
}  // namespace reprise::proxy
