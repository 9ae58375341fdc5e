// A query over a fresh connection a sample, as a new user of the database would make it.
#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/postgres_session.h"
#include "harness/observe/probe.h"

namespace reprise {
namespace {

namespace asio = boost::asio;

class PostgresProbe final : public Probe {
 public:
  PostgresProbe(const ProbeSpec& spec, const ProbeContext& context, Keeper kept)
      : asked_(std::make_shared<const Keeper>(std::move(kept))),
        database_(spec.options.at("database").get<std::string>()),
        query_(spec.options.at("query").get<std::string>()),
        keep_(spec.options.value("keep", false)),
        context_(context) {}

  asio::awaitable<Observation> sample(Instant deadline) override;

 private:
  std::shared_ptr<const Keeper> asked_;
  std::string database_;
  std::string query_;
  bool keep_;
  ProbeContext context_;
  std::unique_ptr<PostgresSession> kept_;  // lent to one sample at a time
};

asio::awaitable<Observation> PostgresProbe::sample(Instant deadline) {
  const auto url = context_.surroundings.database(database_);
  if (!url) co_return not_answered("error", url.error().text());
  const auto query = context_.surroundings.resolve(query_);
  if (!query) co_return not_answered("error", query.error().text());
  auto session = std::move(kept_);
  if (!session) {
    session = std::make_unique<PostgresSession>(context_.executor, asked_);
    auto connected = co_await session->connect(*url, deadline);
    if (connected.outcome != "answered") co_return connected;
  }
  auto seen = co_await session->query(*query, deadline);
  if (keep_ && !kept_ && session->usable()) kept_ = std::move(session);
  co_return seen;
}

const Registered<ProbeKind> postgres_registered{ProbeKind{
    {{.name = "postgres",
      .summary = "A query to PostgreSQL; sees rows (how many), value (first column of the first "
                 "row), row {column: value}, sqlstate of an error",
      .options = Shape::object({
          {"database", Shape::name(), required, "A database that the plan names."},
          {"query", Shape::text(), required, "One SQL statement."},
          {"keep",
           Shape::boolean(),
           {},
           "Keep the connection from sample to sample, as a pool would; default no."},
      }),
      .example = {{"database", "history"}, {"query", "SELECT count(*) FROM readings"}},
      .server = "postgresql"},
     std::chrono::milliseconds(5),
     {seen::always(seen::integer("rows")), seen::beside("rows", {{">=", 1}}, seen::any("value")),
      seen::beside("rows", {{">=", 1}}, seen::columns("row")),
      seen::without_answer(seen::text("sqlstate"))}},
    [](const ProbeSpec& spec, const ProbeContext& context) -> Result<std::unique_ptr<Probe>> {
      auto kept = Keeper::of(spec);
      if (!kept) return std::unexpected(kept.error());
      return std::make_unique<PostgresProbe>(spec, context, std::move(*kept));
    }}};

}  // namespace
}  // namespace reprise
