// A condition: every piece of data arrives later, in its order; pieces do not wait for each other.
// By the proxy, or by the kernel's netem where it has it.
#include <random>

#include "harness/model/registry.h"
#include "injectors/proxy/link_fault.h"
#include "injectors/shaped_link.h"

namespace reprise::proxy {
namespace {

class NetworkDelay final : public Filter {
 public:
  NetworkDelay(std::string direction, Duration delay, Duration jitter, std::uint64_t seed)
      : direction_(std::move(direction)), delay_(delay), jitter_(jitter), random_(seed) {}

  bool acts_on_bytes() const override { return true; }
  Instant on_arrival(Flow& flow, Instant due) override {
    const bool requests = flow.direction == Direction::to_service;
    if (direction_ == (requests ? "responses" : "requests")) return due;
    hit(flow);
    std::uniform_int_distribution<std::int64_t> around(-jitter_.count(), jitter_.count());
    return due + std::max(Duration{}, delay_ + Duration(around(random_)));
  }

 private:
  std::string direction_;
  Duration delay_, jitter_;
  std::mt19937_64 random_;
};

Result<std::shared_ptr<Filter>> make_network_delay(const nlohmann::json& with, std::uint64_t seed) {
  const auto delay = parse_duration(with.at("delay").get<std::string>());
  if (!delay) return std::unexpected(delay.error());
  const auto jitter = parse_duration(with.value("jitter", "0s"));
  if (!jitter) return std::unexpected(jitter.error());
  return std::make_shared<NetworkDelay>(with.value("direction", "both"), *delay, *jitter, seed);
}

Result<Shaping> delay_shaping(const nlohmann::json& with) {
  const auto delay = parse_duration(with.at("delay").get<std::string>());
  if (!delay) return std::unexpected(delay.error());
  const auto jitter = parse_duration(with.value("jitter", "0s"));
  if (!jitter) return std::unexpected(jitter.error());
  const auto microseconds = [](Duration length) {
    return fmt::format("{}us",
                       std::chrono::duration_cast<std::chrono::microseconds>(length).count());
  };
  std::vector<std::string> netem{"netem", "limit", "100000", "delay", microseconds(*delay)};
  if (*jitter > Duration{}) netem.push_back(microseconds(*jitter));
  return Shaping{{}, std::move(netem)};
}

const Registered<FaultKind> network_delay_registered{or_by_kernel(
    link_fault({.name = "network_delay",
                .summary = "Delays everything that passes over a link, each way.",
                .options = shaped_link_shape(
                    {{.name = "delay",
                      .shape = Shape::duration(),
                      .need = required,
                      .doc = "How much later data arrives, each way."},
                     {.name = "jitter",
                      .shape = Shape::duration(),
                      .doc = "Each delay is so much more or less, uniformly; default 0s."}}),
                .example = {{"inject", "network_delay"},
                            {"into", "client-to-server"},
                            {"with", {{"delay", "100ms"}}}}},
               {.filter = make_network_delay,
                .one = "1 connection delayed",
                .many = "connections delayed",
                .http_only = false}),
    {.done = "delayed", .shaping = delay_shaping})};

}  // namespace
}  // namespace reprise::proxy
