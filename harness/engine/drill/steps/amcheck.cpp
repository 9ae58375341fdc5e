// The tester's own look at a restored database, whatever the plan's scripts say of it.
#include "harness/engine/drill/step.h"
#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/postgres_session.h"

namespace reprise {
namespace {

// An empty database is sound, and nothing is restored; an index that the server itself calls
// invalid is left out of the checks. Then every table's rows, and every B-tree against its table.
// Each query answers how much is damaged, and something to tell.
constexpr const char* whole_query = R"(
SELECT (SELECT count(*) FROM pg_index WHERE NOT (indisvalid AND indisready)) + (SELECT CASE
  WHEN count(*) = 0 THEN 1 ELSE 0 END FROM pg_tables
  WHERE schemaname NOT IN ('pg_catalog', 'information_schema')),
  'it holds no table, or an index is invalid')";
constexpr const char* heap_query = R"(
SELECT count(*), min(format('%s, block %s: %s', relation, blkno, msg)) FROM (
  SELECT c.oid::regclass AS relation, v.blkno, v.msg
  FROM pg_class c CROSS JOIN LATERAL verify_heapam(c.oid) v
  WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence = 'p') found)";
constexpr const char* index_query = R"(
SELECT 0, count(bt_index_check(i.indexrelid, true)::text) FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
  WHERE a.amname = 'btree' AND c.relkind = 'i' AND c.relpersistence = 'p'
    AND i.indisready AND i.indisvalid)";

boost::asio::awaitable<Result<std::string>> amcheck(const Step& step, StepContext& context) {
  const auto name = step.options.at("value").get<std::string>();
  const auto url = context.surroundings.database(name);
  if (!url) co_return std::unexpected(url.error());
  const Instant deadline = context.clock.now() + step.within;
  const auto executor = co_await boost::asio::this_coro::executor;
  PostgresSession session(executor);
  auto seen = co_await session.connect(*url, deadline);
  if (seen.outcome != "answered") co_return failure("{}: {}", name, why_unanswered(seen));
  std::string damaged;
  std::string told;
  std::function<void(const PostgresSession::Row&)> keep = [&](const PostgresSession::Row& row) {
    damaged = row[0];
    told = row[1];
  };
  for (const char* query : {whole_query, heap_query, index_query}) {
    const std::string statement(query);
    seen = co_await session.query(statement, deadline, keep);
    if (seen.outcome != "answered") co_return failure("{}: {}", name, why_unanswered(seen));
    if (damaged != "0") co_return failure("{}: {} damaged: {}", name, damaged, told);
  }
  co_return fmt::format("{}: tables and {} indexes are sound", name, told);
}

const Registered<StepKind> amcheck_registered{StepKind{
    KindInfo{.name = "amcheck",
             .summary =
                 "Checks every table and index of a PostgreSQL database; needs the extension "
                 "amcheck there.",
             .options = Shape::name_of("database"),
             .example = {{"amcheck", "history"}},
             .server = "postgresql"},
    amcheck}};

}  // namespace
}  // namespace reprise
