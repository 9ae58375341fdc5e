// A condition: the service's clock is wrong. Only the date is: monotonic clocks, and with them
// timeouts and pauses, go on as they did, and the times of files are the kernel's.
//
// The service is started with a library that gives it the date (skewed_clock.h); until the fault
// comes that date is right. Processes that the service starts anew meanwhile have the wrong one.
#include "injectors/wrong_clock/skewed_clock.h"

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

// "+1h" is "1h ahead".
std::string in_words(std::string_view by) {
  return fmt::format("{} {}", by.substr(1), by.front() == '-' ? "behind" : "ahead");
}

class ClockSkew final : public Injector {
 public:
  ClockSkew(const FaultSpec& spec, const Surroundings& surroundings, Duration ahead)
      : service_(spec.into),
        surroundings_(surroundings),
        wrong_by_(in_words(spec.with.at("by").get<std::string>())),
        ahead_(ahead) {}

  Result<nlohmann::json> prepare() override {
    const auto* clock =
        dynamic_cast<const SkewedClock*>(surroundings_.instrument("clock_skew", service_));
    if (!clock) return failure("{} was not started with a clock that can be wrong", service_);
    return nlohmann::json{{"clock", clock->page().string()}, {"ahead", ahead_.count()}};
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    const auto path = receipt_field<std::string>(receipt, "clock");
    if (!path) return std::unexpected(path.error());
    auto clock = MappedClock::open(*path);
    if (!clock) return std::unexpected(clock.error());
    if (!*clock) return failure("the clock of {} is gone", service_);
    ClockPage& page = (*clock)->page();
    if (page.ahead != 0) return failure("the clock of {} is wrong already", service_);
    page.readings = 0;
    page.first = 0;
    page.ahead = ahead_.count();
    clock_ = std::move(*clock);
    return {};
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    clock_.reset();
    const auto path = receipt_field<std::string>(receipt, "clock");
    if (!path) return std::unexpected(path.error());
    auto ahead = receipt_field<std::int64_t>(receipt, "ahead");
    if (!ahead) return std::unexpected(ahead.error());
    const auto clock = MappedClock::open(*path);
    if (!clock) return std::unexpected(clock.error());
    // What is wrong by something else is another fault's.
    if (*clock) (*clock)->page().ahead.compare_exchange_strong(*ahead, 0);
    return {};
  }

  std::optional<Bite> confirm() override {
    if (!clock_) return std::nullopt;
    const std::int64_t first = clock_->page().first;
    if (first == 0) return std::nullopt;
    const std::uint64_t readings = clock_->page().readings;
    const auto how_many = readings == 1 ? std::string("1 reading of the clock was")
                                        : fmt::format("{} readings of the clock were", readings);
    return Bite{Instant(Duration(first)), fmt::format("{} {}", how_many, wrong_by_)};
  }

 private:
  std::string service_;
  const Surroundings& surroundings_;
  std::string wrong_by_;
  Duration ahead_;
  std::unique_ptr<MappedClock> clock_;  // while the fault is there
};

Result<std::unique_ptr<Injector>> make_clock_skew(const FaultSpec& spec,
                                                  const Surroundings& surroundings) {
  const auto by = spec.with.at("by").get<std::string>();
  const auto size = parse_duration(std::string_view(by).substr(1));
  if (!size) return std::unexpected(size.error());
  if (*size == Duration::zero()) return failure("`by: {}` would leave the clock right", by);
  return std::make_unique<ClockSkew>(spec, surroundings, by.front() == '-' ? -*size : *size);
}

const Registered<FaultKind> clock_skew_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "clock_skew",
            .summary = "Sets a service's clock wrong: ahead or behind, as seen by its processes.",
            .options = Shape::object(
                {{.name = "by",
                  .shape =
                      Shape::text_matching(R"([+-]([0-9.]+(ns|us|ms|s|min|h|d|w|months|years))+)",
                                           "duration with a sign, as +1h or -30s"),
                  .need = required,
                  .doc = "How wrong the date is: +1h is an hour ahead, -30s half a minute "
                         "behind. Timeouts and pauses stay as they are."}}),
            .example = {{"inject", "clock_skew"},
                        {"into", "server"},
                        {"with", {{"by", "+1h"}}},
                        {"at", "2s"},
                        {"for", "5s"}},
        },
        Nature::condition, Target::service},
    make_clock_skew, SkewedClock::install}};

}  // namespace
}  // namespace reprise
