// The open-loop schedule of one probe: samples start at fixed monotonic instants whether or not
// earlier ones have answered, and latency runs from those instants.
//
// Ownership: the drill owns it; `stop` must have returned before it is destroyed. Threads: the
// engine thread.
#pragma once

#include <functional>
#include <memory>
#include <set>

#include "harness/engine/clock.h"
#include "harness/engine/event.h"
#include "harness/journal/journal.h"
#include "harness/observe/probe.h"

namespace reprise {

// A finished sample, as it went to the journal.
struct Seen {
  const ProbeSpec& probe;
  Instant intended;
  Instant finished;
  const Observation& observation;  // `latency` filled in
};

class Sampler {
 public:
  Sampler(boost::asio::any_io_executor executor, Clock& clock, Journal& journal, Instant origin,
          ProbeSpec spec, std::unique_ptr<Probe> probe, std::function<void(const Seen&)> seen);

  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;
  ~Sampler();

  boost::asio::awaitable<Result<void>> open() { return probe_->open(); }
  void start();
  // No new sample; returns when the last one in flight has finished or timed out. What is still out
  // two seconds after its deadline is recorded as skipped.
  boost::asio::awaitable<void> stop();

  [[nodiscard]] const ProbeSpec& spec() const { return spec_; }
  // Every sample intended before this instant has finished.
  [[nodiscard]] Instant settled() const;

 private:
  boost::asio::awaitable<void> keep_schedule();
  boost::asio::awaitable<void> take(Instant intended);
  [[nodiscard]] Instant last_answer() const;
  void skip(Instant intended, std::string why);
  [[nodiscard]] std::int64_t nanoseconds(Instant instant) const {
    return (instant - origin_).count();
  }

  boost::asio::any_io_executor executor_;
  Clock& clock_;
  Journal& journal_;
  Instant origin_;
  ProbeSpec spec_;
  std::shared_ptr<Probe> probe_;  // shared with the samples that were given up
  std::shared_ptr<bool> given_up_ = std::make_shared<bool>(false);
  std::function<void(const Seen&)> seen_;
  Event changed_;
  std::set<Instant> in_flight_;
  Instant next_{};
  bool running_ = false;
  bool stopping_ = false;
};

}  // namespace reprise
