// An event: Redis ends every connection of its clients; new ones are accepted.
#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/servers/redis.h"

namespace reprise {
namespace {

class RedisDisconnect final : public RedisEvent {
 public:
  using RedisEvent::RedisEvent;

 private:
  Result<std::string> act(RedisSession& session) override {
    std::int64_t ended = 0;
    for (const char* type : {"normal", "pubsub"}) {
      const auto killed =
          session.command({"CLIENT", "KILL", "TYPE", type, "SKIPME", "yes"}, redis_deadline());
      if (!killed) return std::unexpected(killed.error());
      ended += killed->get<std::int64_t>();
    }
    if (ended == 0) return std::string();
    return fmt::format("{} connection{} to {} ended", ended, ended == 1 ? "" : "s", name());
  }
};

const Registered<FaultKind> redis_disconnect_registered{redis_event<RedisDisconnect>(
    "redis_disconnect", "Ends every connection to a Redis server; new ones are accepted.")};

}  // namespace
}  // namespace reprise
