// An event: Redis ends at once and saves nothing; what was not in its append-only file is lost.
#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/servers/redis.h"

namespace reprise {
namespace {

class RedisKill final : public RedisEvent {
 public:
  using RedisEvent::RedisEvent;

 private:
  Result<std::string> act(RedisSession& session) override {
    // The only answer to it is the end of the connection.
    const auto answered = session.command({"SHUTDOWN", "NOSAVE", "NOW", "FORCE"}, redis_deadline());
    if (answered || answered.error().what != "reset") {
      return failure("Redis did not end: {}", answered ? answered->dump() : answered.error().what);
    }
    return fmt::format("{} has ended without saving", name());
  }
};

const Registered<FaultKind> redis_kill_registered{
    redis_event<RedisKill>("redis_kill", "Ends a Redis server at once, without saving.")};

}  // namespace
}  // namespace reprise
