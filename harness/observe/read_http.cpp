// A ledger behind HTTP: a JSON document, or one page after the other, with a list of entries.
#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/http_exchange.h"
#include "harness/observe/ledger_reader.h"
#include "harness/observe/promised.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr std::size_t most_page = std::size_t{64} << 20;
constexpr int most_pages = 100'000;
constexpr std::string_view after_variable = "${entry.after}";

std::string as_text(const json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

struct Page {
  std::vector<FoundEntry> entries;
  std::string next;  // empty: the last one
};

class HttpReader final : public LedgerReader {
 public:
  HttpReader(const json& options, const ProbeContext& context)
      : options_(options), context_(context) {}

  asio::awaitable<Result<std::vector<FoundEntry>>> read(Instant deadline) override {
    std::vector<FoundEntry> found;
    std::string after = options_.value("first", "");
    for (int pages = 0; pages < most_pages; ++pages) {
      auto page = co_await read_page(after, deadline);
      if (!page) co_return std::unexpected(page.error());
      std::ranges::move(page->entries, std::back_inserter(found));
      if (page->next.empty()) co_return found;
      if (page->next == after) co_return failure("page {} leads to itself", after);
      after = std::move(page->next);
    }
    co_return failure("there is no end of pages");
  }

 private:
  asio::awaitable<Result<Page>> read_page(std::string after, Instant deadline) {
    json options = options_;
    auto url = options.at("url").get<std::string>();
    if (const auto at = url.find(after_variable); at != url.npos) {
      url.replace(at, after_variable.size(), after);
    }
    options["url"] = url;
    auto request = http_request(options, context_.surroundings);
    if (!request) co_return std::unexpected(request.error());
    request->most_answer = most_page;
    auto answer = co_await http_exchange(context_.executor, std::move(*request), deadline);
    if (answer.failure) {
      co_return failure("{}", why_unanswered(*answer.failure));
    }
    if (answer.more) co_return failure("the answer is larger than {} MiB", most_page >> 20);
    if (answer.status != 200) co_return failure("status {}", answer.status);
    auto parse = [this, body = std::move(answer.body)] { return page_of(body); };
    auto promised = promise(context_.executor, context_.pool, std::move(parse));
    auto page = co_await promised->wait(deadline);
    if (!page) co_return failure("timeout");
    co_return std::move(*page);
  }

  [[nodiscard]] json::json_pointer pointer(const char* option, const char* otherwise) const {
    return json::json_pointer(options_.value(option, otherwise));
  }

  [[nodiscard]] Result<Page> page_of(const std::string& body) const {
    const json document = json::parse(body, nullptr, false);
    if (document.is_discarded()) return failure("the answer is not JSON");
    const auto items = pointer("items", "");
    const json* list = document.contains(items) ? &document.at(items) : nullptr;
    if (!list || !list->is_array()) return failure("there is no list at '{}'", items.to_string());
    const auto key = pointer("key", "/key");
    const auto payload = pointer("payload", "/payload");
    Page page;
    for (const json& item : *list) {
      if (!item.is_object() || !item.contains(key) || !item.contains(payload)) {
        return failure("an entry lacks {} or {}", key.to_string(), payload.to_string());
      }
      page.entries.push_back({as_text(item.at(key)), as_text(item.at(payload))});
    }
    if (!options_.contains("next")) return page;
    const auto next = pointer("next", "");
    const bool more = document.contains(next) && !document.at(next).is_null();
    if (more) page.next = as_text(document.at(next));
    return page;
  }

  json options_;
  ProbeContext context_;
};

Result<std::unique_ptr<LedgerReader>> make_read_http(const json& options,
                                                     const ProbeContext& context) {
  for (const char* name : {"items", "key", "payload", "next"}) {
    const std::string text = options.value(name, "");
    try {
      const json::json_pointer checked(text);
    } catch (const json::exception&) {
      return failure("{}: '{}' is not a JSON pointer", name, text);
    }
  }
  if (options.contains("first") && !options.contains("next")) {
    return failure("`first` goes with `next`: without it there is one page");
  }
  const bool turns = options.at("url").get<std::string>().find(after_variable) != std::string::npos;
  if (turns != options.contains("next")) {
    return failure(
        "`next` leads on by ${{entry.after}} in the url: one is nothing without the other");
  }
  return std::make_unique<HttpReader>(options, context);
}

Shape http_reader_options() {
  auto fields = http_request_options();
  const std::vector<Shape::Field> more{
      {"items", Shape::text(), {}, "JSON pointer to the list of entries; default the document."},
      {"key", Shape::text(), {}, "JSON pointer within an entry; default /key."},
      {"payload", Shape::text(), {}, "JSON pointer within an entry; default /payload."},
      {"next", Shape::text(), {}, "JSON pointer to what leads on; the url holds ${entry.after}."},
      {"first", Shape::text(0), {}, "What ${entry.after} is at first; default empty."}};
  fields.insert(fields.end(), more.begin(), more.end());
  return Shape::object(std::move(fields));
}

const Registered<ReaderKind> read_http_registered{ReaderKind{
    {.name = "http",
     .summary = "An HTTP request, or several pages: a JSON list of entries",
     .options = http_reader_options(),
     .example = {{"url", "http://${services.server.address}/entries?prefix=${entry.prefix}"},
                 {"items", "/entries"}}},
    make_read_http}};

}  // namespace
}  // namespace reprise
