// That every sample of a probe is in the journal, whatever becomes of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/drill/sampler.h"
#include "tests/engine/live_drill.h"

namespace reprise::testing {
namespace {

// Answers at once until it has gone deaf: then at no deadline.
struct DeafProbe final : Probe {
  explicit DeafProbe(const boost::asio::any_io_executor& executor) : never(executor) {
    never.expires_at(Instant::max());
  }
  boost::asio::awaitable<Observation> sample(Instant) override {
    if (*deaf) co_await never.async_wait(boost::asio::use_awaitable);
    co_return Observation{};
  }
  std::shared_ptr<bool> deaf = std::make_shared<bool>(false);
  boost::asio::steady_timer never;
};

TEST(Samplers, RecordWhatIsStillOutWhenTheDrillEnds) {
  LiveDrill drill;
  drill.prepare();
  ProbeSpec spec;
  spec.name = "home";
  spec.every = 20ms;
  spec.timeout = 50ms;
  auto probe = std::make_unique<DeafProbe>(drill.context.get_executor());
  const auto deaf = probe->deaf;
  auto& never = probe->never;
  std::size_t seen = 0;
  const Instant begun = drill.clock.now();
  auto sampler =
      std::make_unique<Sampler>(drill.context.get_executor(), drill.clock, *drill.journal, begun,
                                spec, std::move(probe), [&](const Seen&) { ++seen; });
  sampler->start();
  drill.run_until([&] { return seen >= 3; });
  *deaf = true;
  drill.run_for(100ms);
  drill.run(sampler->stop());
  const auto skipped = drill.events("skipped");
  ASSERT_GE(skipped.size(), 3U);
  for (const auto& event : skipped) {
    EXPECT_EQ(event.at("why"), "still out when the drill ended");
    EXPECT_EQ(event.at("probe"), "home");
  }
  EXPECT_EQ(drill.events("sample").size(), seen);
  // One that answers after all says nothing any more, even when nobody is there to hear it.
  drill.run(sampler->stop());
  sampler.reset();
  never.cancel();
  drill.run_for(20ms);
  EXPECT_EQ(drill.events("skipped").size(), skipped.size());
  EXPECT_EQ(drill.events("sample").size(), seen);
}

}  // namespace
}  // namespace reprise::testing
