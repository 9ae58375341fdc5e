#include "injectors/servers/redis.h"

namespace reprise {

Result<RedisSession> reach_redis(const Surroundings& surroundings, const std::string& name) {
  const auto address = RedisAddress::of_plan(surroundings, name);
  if (!address) return std::unexpected(address.error());
  auto session = RedisSession::open(*address, redis_deadline());
  if (!session) return failure("cannot reach {}: {}", name, session.error().what);
  return session;
}

RedisEvent::RedisEvent(const FaultSpec& spec, const Surroundings& surroundings)
    : name_(spec.into), surroundings_(surroundings) {}

Result<nlohmann::json> RedisEvent::prepare() {
  // Tells now rather than in the middle of the drill that the server cannot be reached.
  const auto session = reach_redis(surroundings_, name_);
  if (!session) return std::unexpected(session.error());
  return nlohmann::json::object();
}

Result<void> RedisEvent::inject(const nlohmann::json&) {
  auto session = reach_redis(surroundings_, name_);
  if (!session) return std::unexpected(session.error());
  auto done = act(*session);
  if (!done) return std::unexpected(done.error());
  if (!done->empty()) bite_ = Bite{surroundings_.now(), std::move(*done)};
  return {};
}

}  // namespace reprise
