// Takes samples in tests: an engine context of its own, real probes, real deadlines.
//
// Ownership: probes made here must not outlive the Observing. Threads: the test's.
#pragma once

#include <stdexcept>
#include <string>
#include <thread>

#include <dirent.h>
#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "harness/model/registry.h"
#include "harness/observe/ledger_reader.h"
#include "harness/observe/probe.h"
#include "tests/observe/declared.h"
#include "tests/support/fixed_surroundings.h"

namespace reprise {

struct Taken {
  Observation seen;
  Duration took{};
};

class Observing {
 public:
  boost::asio::io_context engine;
  FixedSurroundings surroundings;

  Observing() = default;
  // Whatever a probe left behind (a tab to be closed) is done before the context goes.
  ~Observing() { engine.run_for(std::chrono::milliseconds(20)); }

  static ProbeSpec spec(const std::string& kind, nlohmann::json options) {
    ProbeSpec spec;
    spec.name = "probe";
    spec.kind = kind;
    spec.options = std::move(options);
    return spec;
  }

  // With what a scenario asks of this probe.
  static ProbeSpec asked(ProbeSpec spec, const std::vector<nlohmann::json>& expectations) {
    for (const auto& written : expectations) {
      const auto one = Expectation::parse(written);
      for (const auto& search : one->searches()) spec.searches.push_back(search.written());
      for (const auto& pointer : one->pointers()) spec.pointers.push_back(pointer);
      for (const auto& header : one->headers()) spec.headers.push_back(header);
    }
    return spec;
  }

  Result<std::unique_ptr<Probe>> try_make(const ProbeSpec& spec) {
    const ProbeContext context{engine.get_executor(), surroundings, pool_};
    return Registry<ProbeKind>::find(spec.kind)->make(spec, context);
  }

  std::unique_ptr<Probe> make(const ProbeSpec& spec) {
    auto probe = try_make(spec);
    if (!probe) throw std::runtime_error(probe.error().text());
    return std::make_unique<DeclaredProbe>(std::move(*probe),
                                           *Registry<ProbeKind>::find(spec.kind));
  }

  Result<void> open(Probe& probe) {
    std::optional<Result<void>> opened;
    auto work = [&]() -> boost::asio::awaitable<void> { opened = co_await probe.open(); };
    spawn(work);
    run_until([&] { return opened.has_value(); });
    return *opened;
  }

  // `count` overlapping samples, all begun now.
  std::vector<Taken> sample_together(Probe& probe, int count, Duration timeout) {
    std::vector<Taken> all;
    const Instant begin = surroundings.now();
    auto work = [&]() -> boost::asio::awaitable<void> {
      auto seen = co_await probe.sample(begin + timeout);
      Taken taken;
      taken.seen = std::move(seen);
      taken.took = surroundings.now() - begin;
      all.push_back(std::move(taken));
    };
    for (int i = 0; i < count; ++i) spawn(work);
    run_until([&] { return all.size() == static_cast<std::size_t>(count); });
    return all;
  }

  Taken sample(Probe& probe, Duration timeout = std::chrono::seconds(5)) {
    return sample_together(probe, 1, timeout).front();
  }

  Observation see(const std::string& kind, nlohmann::json options,
                  Duration timeout = std::chrono::seconds(5)) {
    const auto probe = make(spec(kind, std::move(options)));
    return sample(*probe, timeout).seen;
  }

  // Everything that a reader of ledgers finds.
  Result<std::vector<FoundEntry>> read(const std::string& kind, const nlohmann::json& options,
                                       Duration within = std::chrono::seconds(5)) {
    const ProbeContext context{engine.get_executor(), surroundings, pool_};
    auto reader = Registry<ReaderKind>::find(kind)->make(options, context);
    if (!reader) return std::unexpected(reader.error());
    std::optional<Result<std::vector<FoundEntry>>> found;
    const Instant deadline = surroundings.now() + within;
    auto work = [&]() -> boost::asio::awaitable<void> {
      found = co_await (*reader)->read(deadline);
    };
    spawn(work);
    run_until([&] { return found.has_value(); });
    return std::move(*found);
  }

 private:
  template <class Work>
  void spawn(Work& work) {
    boost::asio::co_spawn(engine, work(), [](std::exception_ptr thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  template <class Condition>
  void run_until(Condition condition) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
      engine.restart();
      engine.run_one_for(std::chrono::milliseconds(100));
      if (std::chrono::steady_clock::now() > limit) throw std::runtime_error("never done");
    }
  }

  BlockingPool pool_{2};
};

inline std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* const folder = ::opendir("/proc/self/fd");
  while (::readdir(folder)) ++count;
  ::closedir(folder);
  return count;
}

// Waits for the other threads of a test to close theirs; the number in the end. A server that has
// not yet accepted every connection may open some more: what leaked would never be closed.
inline std::size_t descriptors_falling_to(std::size_t wanted) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  std::size_t open = open_descriptors();
  while (open > wanted && std::chrono::steady_clock::now() < limit) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    open = open_descriptors();
  }
  return open;
}

inline Truth judged(const nlohmann::json& expectation, const Observation& seen,
                    Meant meant = Meant::demanded) {
  return Expectation::parse(expectation)->evaluate(seen, meant);
}

// A time-out is kept: not before, and hardly after.
inline void expect_late_by_300ms(const Taken& taken) {
  EXPECT_EQ(taken.seen.outcome, "timeout") << taken.seen.values;
  EXPECT_GE(taken.took, std::chrono::milliseconds(300));
  EXPECT_LT(taken.took, std::chrono::milliseconds(400));
}

}  // namespace reprise
