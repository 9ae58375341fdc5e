// An event: everything that Redis holds is gone at once, as after an operator's mistake.
#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/servers/redis.h"

namespace reprise {
namespace {

class RedisFlush final : public RedisEvent {
 public:
  using RedisEvent::RedisEvent;

 private:
  Result<std::string> act(RedisSession& session) override {
    const auto size = session.command({"DBSIZE"}, redis_deadline());
    if (!size) return std::unexpected(size.error());
    const auto flushed = session.command({"FLUSHDB"}, redis_deadline());
    if (!flushed) return std::unexpected(flushed.error());
    const auto keys = size->get<std::int64_t>();
    return keys == 0 ? std::string() : fmt::format("{} keys of {} are gone", keys, name());
  }
};

const Registered<FaultKind> redis_flush_registered{
    redis_event<RedisFlush>("redis_flush", "Takes every key out of a Redis database.")};

}  // namespace
}  // namespace reprise
