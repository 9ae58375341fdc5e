// A request over a fresh connection a sample: what a user who has just come sees. A kept
// connection would hide a listener that is gone.
#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/http_exchange.h"
#include "harness/observe/keeper.h"
#include "harness/observe/probe.h"
#include "harness/observe/promised.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr std::size_t parsed_in_place = 256 << 10;  // a larger body would hold up the engine
constexpr int most_redirects = 5;

// What is kept of answers, and how: shared with work that may be given up.
struct HttpKeeper {
  Keeper kept;
  std::vector<std::string> headers;
};

class HttpProbe final : public Probe {
 public:
  HttpProbe(const ProbeSpec& spec, const ProbeContext& context, Keeper kept)
      : spec_(spec),
        context_(context),
        keep_(std::make_shared<const HttpKeeper>(std::move(kept), spec.headers)) {}

  asio::awaitable<Observation> sample(Instant deadline) override;

 private:
  asio::awaitable<Observation> observe(HttpAnswer answer, Instant deadline) const;

  ProbeSpec spec_;
  ProbeContext context_;
  std::shared_ptr<const HttpKeeper> keep_;
};

// Of a whole answer, of one that was broken off, or of the beginning of a very long one.
Observation seen_of(const HttpAnswer& answer, const HttpKeeper& keep) {
  Observation seen;
  if (answer.failure) seen.outcome = answer.failure->outcome;
  seen.values = {{"status", answer.status}, {"size", answer.body.size()}};
  if (answer.more) note_cut("size", seen);
  for (const auto& name : keep.headers) {
    if (answer.has_header(name)) keep.kept.header(name, answer.header(name), seen);
  }
  if (answer.failure) seen.values["partial"] = true;
  return seen;
}

// Of an answer whose head is too long for us, or was broken off.
Observation unread(const HttpKeeper& keep, Observation failure) {
  note_cut("status", failure);
  note_cut("text", failure);
  for (const auto& name : keep.headers) note_cut("headers " + name, failure);
  keep.kept.unread_document(failure);
  failure.values.erase("text");
  failure.values["partial"] = true;
  return failure;
}

void see_body(const HttpAnswer& answer, const HttpKeeper& keep, Observation& seen) {
  const std::string& body = answer.body;
  const bool more = answer.more || answer.failure;
  bool text = more || answer.status >= 400 || keep.kept.asks("text");
  if (answer.more) {
    keep.kept.unread_document(seen);
  } else if (!more) {
    const auto document = json::parse(body, nullptr, false);
    if (!document.is_discarded()) keep.kept.document(document, seen);
    text = text || document.is_discarded();
  }
  if (text && !body.empty()) keep.kept.text("text", body, seen, more);
}

asio::awaitable<Observation> HttpProbe::observe(HttpAnswer answer, Instant deadline) const {
  auto seen = seen_of(answer, *keep_);
  if (answer.body.size() <= parsed_in_place) {
    see_body(answer, *keep_, seen);
    co_return seen;
  }
  auto unread = seen;
  keep_->kept.unread_document(unread);
  keep_->kept.text("text", std::string_view(answer.body).substr(0, kept_text), unread, true);
  auto work = [seen = std::move(seen), answer = std::move(answer), keep = keep_]() mutable {
    see_body(answer, *keep, seen);
    return std::move(seen);
  };
  auto promised = promise(context_.executor, context_.pool, std::move(work));
  auto done = co_await promised->wait(deadline);
  // It came in time, whatever we make of it.
  if (!done) co_return unread;
  co_return std::move(*done);
}

// Redirected as browsers do: whatever was not a GET or HEAD becomes one, except by 307 and 308.
Result<void> redirect(HttpRequest& request, unsigned status, std::string_view location) {
  auto url = follow_location(request.url, location);
  if (!url) return std::unexpected(url.error());
  request.url = std::move(*url);
  request.drop_header("host");
  if (status != 307 && status != 308 && request.method != "HEAD") {
    request.method = "GET";
    request.body.clear();
    request.drop_header("content-type");
  }
  return {};
}

asio::awaitable<Observation> HttpProbe::sample(Instant deadline) {
  auto next = http_request(spec_.options, context_.surroundings);
  if (!next) co_return not_answered("error", next.error().text());
  const bool follow = spec_.options.value("follow", false);
  for (int hops = 0;; ++hops) {
    HttpRequest request = *next;
    auto answer = co_await http_exchange(context_.executor, std::move(request), deadline);
    if (answer.failure && answer.more) co_return unread(*keep_, std::move(*answer.failure));
    if (answer.failure && answer.status == 0) co_return std::move(*answer.failure);
    const auto status = answer.status;
    const std::string location = answer.header("location");
    const bool leads_on =
        status > 300 && status < 400 && status != 304 && !location.empty() && !answer.failure;
    if (!follow || !leads_on) co_return co_await observe(std::move(answer), deadline);
    if (hops == most_redirects) co_return not_answered("error", "redirected too often");
    auto redirected = redirect(*next, status, location);
    if (!redirected) co_return not_answered("error", redirected.error().text());
  }
}

Result<std::unique_ptr<Probe>> make_http(const ProbeSpec& spec, const ProbeContext& context) {
  const auto url = could_be_http_url(spec.options.at("url").get<std::string>());
  if (!url) return failure("probe {}: {}", spec.name, url.error().what);
  auto kept = Keeper::of(spec);
  if (!kept) return std::unexpected(kept.error());
  return std::make_unique<HttpProbe>(spec, context, std::move(*kept));
}

Shape options() {
  auto fields = http_request_options();
  fields.push_back({"follow", Shape::boolean(), {}, "Follow up to 5 redirections; default no."});
  return Shape::object(std::move(fields));
}

const Registered<ProbeKind> http_registered{ProbeKind{
    {{.name = "http",
      .summary = "One HTTP request over a fresh connection; sees status, headers, json, text, size",
      .options = options(),
      .example = {{"url", "http://${services.server.address}/api/dashboard"}}},
     std::chrono::milliseconds(1),
     {seen::in_part(seen::always(seen::http_status())), seen::in_part(seen::headers()),
      seen::in_part(seen::never_with("method", "HEAD", seen::documents())),
      seen::in_part(seen::never_with("method", "HEAD", seen::text("text"))),
      seen::in_part(seen::integer("size"))}},
    make_http}};

}  // namespace
}  // namespace reprise
