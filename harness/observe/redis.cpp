// A command to Redis over a fresh connection.
#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/keeper.h"
#include "harness/observe/probe.h"
#include "harness/observe/promised.h"
#include "harness/observe/redis_session.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

// Owns what it uses: the sample may be given up before Redis has answered.
Observation ask_redis(const RedisAddress& address, const std::vector<std::string>& words,
                      const Keeper& kept, Instant deadline) {
  auto session = RedisSession::open(address, deadline);
  Result<json> answer =
      session ? session->command(words, deadline) : Result<json>(std::unexpected(session.error()));
  if (answer) {
    Observation seen;
    // Lists may hold any bytes, which a journal cannot.
    if (answer->is_structured()) {
      answer = json::parse(answer->dump(-1, ' ', false, json::error_handler_t::replace));
    }
    kept.value("value", *answer, seen);
    return seen;
  }
  const std::string& why = answer.error().what;
  if (why == "timeout" || why == "reset") return not_answered(why);
  if (why.find("refused") != why.npos) return not_answered("refused");
  return not_answered("error", why);
}

class RedisProbe final : public Probe {
 public:
  RedisProbe(const ProbeSpec& spec, const ProbeContext& context, Keeper kept)
      : options_(spec.options),
        context_(context),
        kept_(std::make_shared<const Keeper>(std::move(kept))) {}

  asio::awaitable<Observation> sample(Instant deadline) override {
    const auto& surroundings = context_.surroundings;
    const auto address =
        RedisAddress::of_plan(surroundings, options_.at("database").get<std::string>());
    if (!address) co_return not_answered("error", address.error().text());
    auto words = resolved_words(surroundings, options_.at("command"));
    if (!words) co_return not_answered("error", words.error().text());
    auto work = [address = *address, words = std::move(*words), kept = kept_, deadline] {
      return ask_redis(address, words, *kept, deadline);
    };
    auto promised = promise(context_.executor, context_.pool, std::move(work));
    auto seen = co_await promised->wait(deadline);
    if (!seen) co_return not_answered("timeout");
    co_return std::move(*seen);
  }

 private:
  json options_;
  ProbeContext context_;
  std::shared_ptr<const Keeper> kept_;
};

const Registered<ProbeKind> redis_registered{ProbeKind{
    {{.name = "redis",
      .summary = "A command to Redis; sees value (its answer)",
      .options = Shape::object(
          {{"database", Shape::name(), required, "A database of the plan, as redis://host:port/0."},
           {"command", Shape::list(Shape::text(), 1), required, "The words of one command."}}),
      .example = {{"database", "cache"}, {"command", {"GET", "front-page"}}},
      .server = "redis"},
     std::chrono::milliseconds(5),
     {seen::any("value")}},
    [](const ProbeSpec& spec, const ProbeContext& context) -> Result<std::unique_ptr<Probe>> {
      auto kept = Keeper::of(spec);
      if (!kept) return std::unexpected(kept.error());
      return std::make_unique<RedisProbe>(spec, context, std::move(*kept));
    }}};

}  // namespace
}  // namespace reprise
