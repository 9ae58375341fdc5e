// A condition: Redis accepts connections and commands, and answers none.
//
// One pause (CLIENT PAUSE) cannot be ended early, so they are short, and the next one always waits
// in the server already: it is the first to be served when the one before is over, and nobody comes
// in between. Without this connection, and so without the program, the last short pause is the end.
#include <mutex>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/processes/repeating.h"
#include "injectors/servers/redis.h"

namespace reprise {
namespace {

constexpr Duration one_pause = 200ms;
constexpr int pauses_waiting = 3;

class RedisHang final : public Injector {
 public:
  RedisHang(const FaultSpec& spec, const Surroundings& surroundings)
      : name_(spec.into), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    const auto session = reach_redis(surroundings_, name_);
    if (!session) return std::unexpected(session.error());
    return nlohmann::json::object();
  }

  Result<void> inject(const nlohmann::json&) override {
    auto session = reach_redis(surroundings_, name_);
    if (!session) return std::unexpected(session.error());
    for (int i = 0; i < pauses_waiting; ++i) {
      if (auto sent = pause(*session); !sent) return sent;
    }
    const auto first = session->answer(redis_deadline());
    if (!first) return failure("Redis cannot be paused: {}", first.error().what);
    pausing_.emplace(std::move(*session));
    holding_.start([this] { return go_on_pausing(); });
    return {};
  }

  Result<void> revert(const nlohmann::json&) override {
    holding_.stop();
    pausing_.reset();
    return {};
  }

  // A command of another client gets no answer within less than a pause.
  std::optional<Bite> confirm() override {
    if (!pausing_) return std::nullopt;
    const auto address = RedisAddress::of_plan(surroundings_, name_);
    if (!address) return std::nullopt;
    const Instant asked = surroundings_.now();
    auto session = RedisSession::open(*address, asked + one_pause / 2);
    std::string why;
    if (!session) {
      why = session.error().what;  // already what opens a session may be left without an answer
    } else if (auto answer = session->command({"PING"}, asked + one_pause / 2); !answer) {
      why = answer.error().what;
    }
    if (why != "timeout") return std::nullopt;
    return Bite{asked, fmt::format("{} leaves a PING without an answer", name_)};
  }

 private:
  static Result<void> pause(RedisSession& session) {
    return session.send({"CLIENT", "PAUSE", std::to_string(one_pause / 1ms), "ALL"});
  }

  Duration go_on_pausing() {
    // Each pause that begins is answered; another one takes its place in the queue.
    const auto begun = pausing_->answer(std::chrono::steady_clock::now() + 2 * one_pause);
    if (begun) (void)pause(*pausing_);
    return Duration::zero();
  }

  std::string name_;
  const Surroundings& surroundings_;
  std::optional<RedisSession> pausing_;  // of the thread, between inject and revert
  Repeating holding_;
};

const Registered<FaultKind> redis_hang_registered{
    FaultKind{FaultInfo{KindInfo{
                            .name = "redis_hang",
                            .summary = "Lets Redis accept commands and answer none.",
                            .options = Shape::object({}),
                            .example = {{"inject", "redis_hang"},
                                        {"into", "cache"},
                                        {"with", nlohmann::json::object()},
                                        {"at", "2s"},
                                        {"for", "5s"}},
                            .server = "redis",
                        },
                        Nature::condition,
                        Target::database,
                        {},
                        {},
                        "it needs a Redis of your own"},
              [](const FaultSpec& spec,
                 const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
                return std::make_unique<RedisHang>(spec, surroundings);
              }}};

}  // namespace
}  // namespace reprise
