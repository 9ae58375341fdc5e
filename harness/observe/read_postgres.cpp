// A ledger in PostgreSQL: a query whose first column is the key and whose second is the payload.
#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/ledger_reader.h"
#include "harness/observe/postgres_session.h"

namespace reprise {
namespace {

namespace asio = boost::asio;

class PostgresReader final : public LedgerReader {
 public:
  PostgresReader(const nlohmann::json& options, const ProbeContext& context)
      : options_(options), context_(context) {}

  asio::awaitable<Result<std::vector<FoundEntry>>> read(Instant deadline) override {
    const auto& surroundings = context_.surroundings;
    const auto url = surroundings.database(options_.at("database").get<std::string>());
    if (!url) co_return std::unexpected(url.error());
    const auto query = surroundings.resolve(options_.at("query").get<std::string>());
    if (!query) co_return std::unexpected(query.error());
    PostgresSession session(context_.executor);
    auto seen = co_await session.connect(*url, deadline);
    std::vector<FoundEntry> found;
    bool narrow = false;
    std::function<void(const PostgresSession::Row&)> each = [&](const PostgresSession::Row& row) {
      narrow = narrow || row.size() < 2;
      if (!narrow) found.push_back({std::string(row[0]), std::string(row[1])});
    };
    if (seen.outcome == "answered") seen = co_await session.query(*query, deadline, each);
    if (seen.outcome != "answered") {
      co_return failure("{}", why_unanswered(seen));
    }
    if (narrow) co_return failure("the query gives no key and payload");
    co_return found;
  }

 private:
  nlohmann::json options_;
  ProbeContext context_;
};

const Registered<ReaderKind> read_postgres_registered{ReaderKind{
    {.name = "postgres",
     .summary = "A query to PostgreSQL: the key in the first column, the payload in the second",
     .options =
         Shape::object({{"database", Shape::name(), required, "A database that the plan names."},
                        {"query", Shape::text(), required, "One SQL statement."}}),
     .example = {{"database", "history"},
                 {"query", "SELECT site, kw FROM readings WHERE site LIKE '${entry.prefix}%'"}},
     .server = "postgresql"},
    [](const nlohmann::json& options,
       const ProbeContext& context) -> Result<std::unique_ptr<LedgerReader>> {
      return std::make_unique<PostgresReader>(options, context);
    }}};

}  // namespace
}  // namespace reprise
