#include "injectors/redis.h"

namespace reprise {

RedisEvent::RedisEvent(const FaultSpec& spec, const Surroundings& surroundings)
    : name_(spec.into), surroundings_(surroundings) {}

Result<nlohmann::json> RedisEvent::prepare() {
  const auto address = RedisAddress::of_plan(surroundings_, name_);
  if (!address) return std::unexpected(address.error());
  // Tells now rather than in the middle of the drill that the server cannot be reached.
  const auto session = RedisSession::open(*address, redis_deadline());
  if (!session) return failure("cannot reach {}: {}", name_, session.error().what);
  return nlohmann::json::object();
}

Result<void> RedisEvent::inject(const nlohmann::json&) {
  const auto address = RedisAddress::of_plan(surroundings_, name_);
  if (!address) return std::unexpected(address.error());
  auto session = RedisSession::open(*address, redis_deadline());
  if (!session) return failure("cannot reach {}: {}", name_, session.error().what);
  auto done = act(*session);
  if (!done) return std::unexpected(done.error());
  if (!done->empty()) bite_ = Bite{surroundings_.now(), std::move(*done)};
  return {};
}

}  // namespace reprise
