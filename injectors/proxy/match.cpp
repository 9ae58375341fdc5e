#include "injectors/proxy/match.h"

#include "harness/model/time.h"
#include "harness/model/wording.h"

namespace reprise::proxy {

Match::Match(const nlohmann::json& with, std::uint64_t seed) : random_(seed) {
  const auto match = with.value("match", nlohmann::json::object());
  method_ = match.value("method", "");
  path_ = match.value("path", "");
  prefix_ = path_.ends_with('*');
  if (prefix_) path_.pop_back();
  const auto headers = match.value("header", nlohmann::json::object());
  for (const auto& [name, value] : headers.items()) {
    const auto text = value.get<std::string>();
    headers_.push_back({name, text == "*" ? std::nullopt : std::optional(text)});
  }
  if (with.contains("share")) {
    share_ = parse_percentage(with["share"].get<std::string>()).value_or(1);
  }
  if (with.contains("first")) first_ = with["first"].get<std::uint64_t>();
  every_nth_ = with.value("every-nth", std::uint64_t{1});
}

Result<void> Match::check(const nlohmann::json& with) {
  const auto share = parse_percentage(with.value("share", "100%"));
  if (share && *share <= 0) return failure("`share: 0%` would strike no request");
  const auto match = with.value("match", nlohmann::json::object());
  if (match.value("path", "").find('?') != std::string::npos) {
    return failure(
        "`match.path` is compared with a path without its query: leave out what "
        "follows '?'");
  }
  const auto headers = match.value("header", nlohmann::json::object());
  for (const auto& [name, value] : headers.items()) {
    if (valid_header_name(name)) continue;
    return failure("`match.header`: {} is no name of a header", in_quotes(name));
  }
  return {};
}

bool Match::takes(const Head& request) {
  if (!method_.empty() && request.method != method_) return false;
  const auto path = std::string_view(request.target).substr(0, request.target.find('?'));
  if (prefix_ ? !path.starts_with(path_) : !path_.empty() && path != path_) return false;
  for (const auto& wanted : headers_) {
    const auto* value = request.find(wanted.name);
    if (!value || (wanted.value && *value != *wanted.value)) return false;
  }
  if (++seen_ % every_nth_ != 0) return false;
  if (first_ && taken_ >= *first_) return false;
  if (share_ < 1 && std::generate_canonical<double, 53>(random_) >= share_) return false;
  ++taken_;
  return true;
}

std::vector<Shape::Field> with_request_options(std::vector<Shape::Field> own) {
  const std::int64_t most = 1'000'000'000;
  const auto match = Shape::object({
      {.name = "method",
       .shape = Shape::choice({"GET",     "HEAD",    "POST",     "PUT",       "PATCH", "DELETE",
                               "OPTIONS", "CONNECT", "TRACE",    "COPY",      "LINK",  "LOCK",
                               "MKCOL",   "MOVE",    "PROPFIND", "PROPPATCH", "PURGE", "REPORT",
                               "SEARCH",  "UNLINK",  "UNLOCK"}),
       .doc = "The request's method, as GET."},
      {.name = "path",
       .shape = Shape::text_matching("/.*", "a path from /"),
       .doc = "Its path without the query; a prefix when it ends in *."},
      {.name = "header",
       .shape = Shape::map(Shape::text()),
       .doc = "Header fields and their values; * for any value."},
  });
  own.push_back({.name = "match", .shape = match, .doc = "Which requests; default all."});
  own.push_back({.name = "share",
                 .shape = Shape::percentage(),
                 .doc = "Which share of them, drawn at random; default 100%."});
  own.push_back({.name = "first",
                 .shape = Shape::integer(1, most),
                 .doc = "Only the first so many of them; default all."});
  own.push_back({.name = "every-nth",
                 .shape = Shape::integer(1, most),
                 .doc = "Only every so-many-th of them; default 1."});
  return own;
}

}  // namespace reprise::proxy
