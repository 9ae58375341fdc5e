#include "harness/engine/drill/sampler.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace reprise {
namespace {

constexpr Duration grace = std::chrono::seconds(2);

}  // namespace

Sampler::Sampler(boost::asio::any_io_executor executor, Clock& clock, Journal& journal,
                 Instant origin, ProbeSpec spec, std::unique_ptr<Probe> probe,
                 std::function<void(const Seen&)> seen)
    : executor_(std::move(executor)),
      clock_(clock),
      journal_(journal),
      origin_(origin),
      spec_(std::move(spec)),
      probe_(std::move(probe)),
      seen_(std::move(seen)),
      changed_(executor_) {}

void Sampler::start() {
  REPRISE_REQUIRE(!running_);
  running_ = true;
  next_ = clock_.now();
  auto schedule = keep_schedule();
  boost::asio::co_spawn(executor_, std::move(schedule), boost::asio::detached);
}

boost::asio::awaitable<void> Sampler::stop() {
  stopping_ = true;
  changed_.notify();
  while (running_) co_await changed_.wait();
  while (!in_flight_.empty() && clock_.now() < last_answer()) {
    co_await changed_.wait_until(clock_, last_answer());
  }
  // A probe keeps its deadline. One that does not may not hold up the end of the drill.
  *given_up_ = true;
  for (const Instant intended : std::exchange(in_flight_, {})) {
    skip(intended, "still out when the drill ended");
  }
}

Sampler::~Sampler() { *given_up_ = true; }

Instant Sampler::last_answer() const { return *in_flight_.rbegin() + spec_.timeout + grace; }

void Sampler::skip(Instant intended, std::string why) {
  nlohmann::json fields{
      {"probe", spec_.name}, {"i", nanoseconds(intended)}, {"why", std::move(why)}};
  journal_.write("skipped", std::move(fields));
}

Instant Sampler::settled() const { return in_flight_.empty() ? next_ : *in_flight_.begin(); }

boost::asio::awaitable<void> Sampler::keep_schedule() {
  while (!stopping_) {
    co_await changed_.wait_until(clock_, next_);
    if (stopping_) break;
    if (clock_.now() < next_) continue;
    const Instant intended = next_;
    next_ += spec_.every;
    if (static_cast<int>(in_flight_.size()) >= spec_.in_flight) {
      skip(intended, fmt::format("{} samples in flight", in_flight_.size()));
      continue;
    }
    in_flight_.insert(intended);
    auto sample = take(intended);
    boost::asio::co_spawn(executor_, std::move(sample), boost::asio::detached);
  }
  running_ = false;
  changed_.notify();
}

boost::asio::awaitable<void> Sampler::take(Instant intended) {
  const auto probe = probe_;
  const auto given_up = given_up_;
  const Instant sent = clock_.now();
  Observation observation = co_await take_sample(*probe, intended + spec_.timeout);
  if (*given_up) co_return;
  const Instant finished = clock_.now();
  nlohmann::json fields{{"probe", spec_.name},      {"i", nanoseconds(intended)},
                        {"s", nanoseconds(sent)},   {"f", nanoseconds(finished)},
                        {"o", observation.outcome}, {"v", observation.values}};
  journal_.write("sample", std::move(fields));
  in_flight_.erase(intended);
  observation.values["latency"] = (finished - intended).count();
  seen_(Seen{spec_, intended, finished, observation});
  changed_.notify();
}

}  // namespace reprise
