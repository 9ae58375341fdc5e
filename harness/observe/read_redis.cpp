// A ledger in Redis: the keys that begin with the ledger's prefix, and their values.
#include "harness/model/registry.h"
#include "harness/observe/ledger_reader.h"
#include "harness/observe/promised.h"
#include "harness/observe/redis_session.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

// Reads the values of some keys; a key that went meanwhile has none.
Result<void> read_values(RedisSession& session, const std::vector<std::string>& keys,
                         Instant deadline, std::vector<FoundEntry>& found) {
  if (keys.empty()) return {};
  std::vector<std::string> words{"MGET"};
  words.insert(words.end(), keys.begin(), keys.end());
  const auto values = session.command(words, deadline);
  if (!values) return std::unexpected(values.error());
  for (std::size_t i = 0; i < keys.size() && i < values->size(); ++i) {
    const json& value = (*values)[i];
    if (value.is_string()) found.push_back({keys[i], value.get<std::string>()});
  }
  return {};
}

Result<std::vector<FoundEntry>> scan(const RedisAddress& address, const std::string& prefix,
                                     Instant deadline) {
  auto session = RedisSession::open(address, deadline);
  if (!session) return std::unexpected(session.error());
  std::vector<FoundEntry> found;
  std::string cursor = "0";
  do {
    const auto page =
        session->command({"SCAN", cursor, "MATCH", prefix + "*", "COUNT", "1000"}, deadline);
    if (!page) return std::unexpected(page.error());
    if (!page->is_array() || page->size() != 2)
      return failure("SCAN was not answered as it should");
    cursor = (*page)[0].get<std::string>();
    auto done = read_values(*session, (*page)[1].get<std::vector<std::string>>(), deadline, found);
    if (!done) return std::unexpected(done.error());
  } while (cursor != "0");
  // SCAN may tell of a key twice; a key is there once.
  auto by_key = [](const FoundEntry& one) { return one.key; };
  std::ranges::sort(found, {}, by_key);
  const auto twice = std::ranges::unique(found, {}, by_key);
  found.erase(twice.begin(), twice.end());
  return found;
}

class RedisReader final : public LedgerReader {
 public:
  RedisReader(const json& options, const ProbeContext& context)
      : options_(options), context_(context) {}

  asio::awaitable<Result<std::vector<FoundEntry>>> read(Instant deadline) override {
    const auto& surroundings = context_.surroundings;
    const auto address =
        RedisAddress::of_plan(surroundings, options_.at("database").get<std::string>());
    if (!address) co_return std::unexpected(address.error());
    const auto prefix = surroundings.resolve(options_.value("prefix", "${entry.prefix}"));
    if (!prefix) co_return std::unexpected(prefix.error());
    auto work = [address = *address, prefix = *prefix, deadline] {
      return scan(address, prefix, deadline);
    };
    auto promised = promise(context_.executor, context_.pool, std::move(work));
    auto found = co_await promised->wait(deadline);
    if (!found) co_return failure("timeout");
    co_return std::move(*found);
  }

 private:
  json options_;
  ProbeContext context_;
};

const Registered<ReaderKind> read_redis_registered{ReaderKind{
    {.name = "redis",
     .summary = "Keys of Redis that begin with the ledger's prefix, and their values",
     .options = Shape::object(
         {{"database", Shape::name(), required, "A database of the plan, as redis://host:port/0."},
          {"prefix", Shape::text(), {}, "Of the keys; default ${entry.prefix}."}}),
     .example = {{"database", "cache"}},
     .server = "redis"},
    [](const json& options, const ProbeContext& context) -> Result<std::unique_ptr<LedgerReader>> {
      return std::make_unique<RedisReader>(options, context);
    }}};

}  // namespace
}  // namespace reprise
