#include "harness/observe/postgres_answer.h"

#include <libpq-fe.h>

#include <charconv>
#include <cmath>

#include "harness/observe/answer.h"

namespace reprise {

using nlohmann::json;

namespace {

Observation refused_by(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  auto seen = not_answered("error", fmt::format("{}: {}", state ? state : "no SQLSTATE",
                                                words ? words : PQresultErrorMessage(result)));
  if (state) seen.values["sqlstate"] = state;
  return seen;
}

template <class Number>
json number_or_text(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return text;
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(number)) return text;  // JSON has no NaN
  }
  return number;
}

// By the type's number in pg_type, which PostgreSQL never changes. Nothing for what is too long.
std::optional<json> value_of(const PGresult* result, int column) {
  if (PQgetisnull(result, 0, column)) return json();
  const std::string_view text(PQgetvalue(result, 0, column),
                              static_cast<std::size_t>(PQgetlength(result, 0, column)));
  switch (PQftype(result, column)) {
    case 16: return text == "t";
    case 20:
    case 21:
    case 23:
    case 26: return number_or_text<std::int64_t>(text);
    case 700:
    case 701:
    case 1700: return number_or_text<double>(text);
    case 114:
    case 3802: {
      if (text.size() > max_searched_bytes) return std::nullopt;
      auto document = json::parse(text, nullptr, false);
      return document.is_discarded() ? json(text) : document;
    }
    default: return text;
  }
}

void see_row(const PGresult* result, const Keeper& kept, Observation& seen) {
  json row = json::object();
  bool known = true;
  for (int column = 0; column < PQnfields(result); ++column) {
    auto value = value_of(result, column);
    known = known && value;
    if (column == 0 && value) kept.value("value", *value, seen);
    if (column == 0 && !value) note_cut("value", seen);
    if (value) row[PQfname(result, column)] = std::move(*value);
  }
  kept.row("row", row, known, seen);
}

}  // namespace

void take_result(const PGresult* result, const Keeper& kept, Observation& seen,
                 std::int64_t& rows) {
  switch (PQresultStatus(result)) {
    case PGRES_SINGLE_TUPLE:
    case PGRES_TUPLES_OK:
      if (PQntuples(result) == 0) return;
      rows += PQntuples(result);
      if (seen.values.contains("row")) return;
      see_row(result, kept, seen);
      return;
    case PGRES_COMMAND_OK:
      if (*PQcmdTuples(const_cast<PGresult*>(result)) != '\0') {
        rows = std::strtoll(PQcmdTuples(const_cast<PGresult*>(result)), nullptr, 10);
      }
      return;
    case PGRES_FATAL_ERROR: seen = refused_by(result); return;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT: seen = not_answered("error", "COPY is not a query"); return;
    default: return;
  }
}

}  // namespace reprise
