// What the faults of Redis share.
//
// Ownership: an injector owns nothing of the server's. Threads: as every injector; blocks the
// caller.
#pragma once

#include <optional>
#include <string>

#include "harness/engine/injector.h"
#include "harness/observe/redis_session.h"

namespace reprise {

// As long as a verb waits for Redis.
[[nodiscard]] inline Instant redis_deadline() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(3);
}

// A session with a database of the plan.
[[nodiscard]] Result<RedisSession> reach_redis(const Surroundings& surroundings,
                                               const std::string& name);

// An event on a database of the plan: done once, nothing to undo.
class RedisEvent : public Injector {
 public:
  RedisEvent(const FaultSpec& spec, const Surroundings& surroundings);
  Result<nlohmann::json> prepare() final;
  Result<void> inject(const nlohmann::json& receipt) final;
  Result<void> revert(const nlohmann::json&) final { return {}; }
  std::optional<Bite> confirm() final { return bite_; }

 protected:
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  // What was done, for evidence; empty when nobody was harmed.
  virtual Result<std::string> act(RedisSession& session) = 0;

  std::string name_;
  const Surroundings& surroundings_;
  std::optional<Bite> bite_;
};

template <class Event>
[[nodiscard]] FaultKind redis_event(const std::string& name, const std::string& summary) {
  const nlohmann::json example = {
      {"inject", name}, {"into", "cache"}, {"with", nlohmann::json::object()}, {"at", "2s"}};
  return FaultKind{FaultInfo{KindInfo{name, summary, Shape::object({}), example, "redis"},
                             Nature::event,
                             Target::database,
                             {},
                             {},
                             "it needs a Redis of your own"},
                   [](const FaultSpec& spec,
                      const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
                     return std::make_unique<Event>(spec, surroundings);
                   }};
}

}  // namespace reprise
