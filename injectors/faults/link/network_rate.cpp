// A condition: a link carries only so many bytes a second each way, shared by its connections. By
// the proxy, or by the kernel's HTB. Both are token buckets of the same size; the kernel's lets a
// whole packet (64 KiB on a loopback) overdraw it and waits the longer. TBF would drop that packet.
#include "harness/model/registry.h"
#include "injectors/links/link_fault.h"
#include "injectors/links/shaped_link.h"

namespace reprise::proxy {
namespace {

// What may pass at once, in bytes: 50 ms worth, and an Ethernet packet at least.
double burst(double rate) { return std::max(rate * 0.05, 1600.0); }

// Tokens come at the rate, up to the burst.
class Bucket {
 public:
  explicit Bucket(double rate) : rate_(rate), burst_(burst(rate)) {}

  // What of `bytes` may pass now; 0 until `ready`.
  std::uint64_t take(std::uint64_t bytes, Instant now) {
    const std::chrono::duration<double> since = now - filled_;
    tokens_ = std::min(burst_, tokens_ + since.count() * rate_);
    filled_ = now;
    const auto wanted = std::min(static_cast<double>(bytes), burst_);
    ready_ = now +
             std::chrono::ceil<Duration>(std::chrono::duration<double>((wanted - tokens_) / rate_));
    if (tokens_ < wanted) return 0;
    tokens_ -= wanted;
    return static_cast<std::uint64_t>(wanted);
  }
  [[nodiscard]] Instant ready() const { return ready_; }

 private:
  double rate_, burst_;  // bytes a second, bytes
  double tokens_ = 0;
  Instant filled_ = std::chrono::steady_clock::now(), ready_{};
};

class NetworkRate final : public Filter {
 public:
  NetworkRate(std::string direction, double rate)
      : direction_(std::move(direction)), requests_(rate), responses_(rate) {}

  bool acts_on_bytes() const override { return true; }
  Passage on_chunk(Flow& flow, std::uint64_t bytes) override {
    const bool requests = flow.direction == Direction::to_service;
    if (bytes == 0 || direction_ == (requests ? "responses" : "requests")) return {};
    Bucket& bucket = requests ? requests_ : responses_;
    const auto passing = bucket.take(bytes, std::chrono::steady_clock::now());
    if (passing == bytes) return {};
    hit(flow);
    return {Then::wait, passing, bucket.ready()};
  }

 private:
  std::string direction_;
  Bucket requests_, responses_;
};

Result<std::shared_ptr<Filter>> make_network_rate(const nlohmann::json& with, std::uint64_t) {
  const auto rate = parse_size(with.at("rate").get<std::string>());
  if (!rate) return std::unexpected(rate.error());
  if (*rate == 0) return failure("a rate of 0 is a cut: use network_cut with 'how: silence'");
  return std::make_shared<NetworkRate>(with.value("direction", "both"), static_cast<double>(*rate));
}

Result<Shaping> rate_shaping(const nlohmann::json& with) {
  const auto rate = parse_size(with.at("rate").get<std::string>());
  if (!rate) return std::unexpected(rate.error());
  const auto bytes = static_cast<double>(*rate);
  const auto per_second = fmt::format("{:.0f}bps", bytes);
  const auto at_once = fmt::format("{:.0f}", burst(bytes));
  return Shaping{{"rate", per_second, "ceil", per_second, "burst", at_once, "cburst", at_once}, {}};
}

const Registered<FaultKind> network_rate_registered{or_by_kernel(
    link_fault({.name = "network_rate",
                .summary = "Lets only so many bytes a second pass over a link.",
                .options = shaped_link_shape({{.name = "rate",
                                               .shape = Shape::size(),
                                               .need = required,
                                               .doc = "Bytes a second each way, as in 64KiB, for "
                                                      "all connections of the link together."}}),
                .example = {{"inject", "network_rate"},
                            {"into", "client-to-server"},
                            {"with", {{"rate", "8KiB"}}}}},
               {.filter = make_network_rate,
                .one = "1 connection slowed",
                .many = "connections slowed",
                .http_only = false}),
    {.done = "times slowed", .shaping = rate_shaping})};

}  // namespace
}  // namespace reprise::proxy
