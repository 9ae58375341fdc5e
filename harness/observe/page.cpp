// What a person sees: a page loaded afresh in a real browser, without cache, and its text.
#include <boost/asio/steady_timer.hpp>

#include "harness/model/registry.h"
#include "harness/observe/address.h"
#include "harness/observe/answer.h"
#include "harness/observe/browser.h"
#include "harness/observe/keeper.h"
#include "harness/observe/probe.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr Duration look_again = std::chrono::milliseconds(50);
constexpr Duration most_settling = std::chrono::seconds(1);
constexpr Duration start_within = std::chrono::seconds(30);

// What the browser has told about the navigation so far.
struct Loading {
  int status = 0;
  bool crashed = false;
};

// One tab, closed with the sample: a page left open would go on asking the system for things.
class Tab {
 public:
  Tab(std::shared_ptr<DevTools> tools, std::string target, std::string session)
      : tools_(std::move(tools)), target_(std::move(target)), session_(std::move(session)) {
    const auto loading = loading_;
    const std::weak_ptr<DevTools> weak = tools_;
    auto event = [loading, weak, session = session_](const std::string& method,
                                                     const json& params) {
      if (method == "Network.responseReceived" && params.value("type", "") == "Document") {
        const auto& response = params.at("response");
        if (params.value("requestId", "") == params.value("loaderId", "")) {
          loading->status = response.value("status", 0);
        }
      } else if (method == "Inspector.targetCrashed") {
        loading->crashed = true;
      } else if (method == "Page.javascriptDialogOpening") {
        const auto alive = weak.lock();
        if (alive) alive->tell("Page.handleJavaScriptDialog", {{"accept", true}}, session);
      }
    };
    tools_->listen(session_, event);
  }
  Tab(const Tab&) = delete;
  Tab& operator=(const Tab&) = delete;
  ~Tab() {
    tools_->listen(session_, {});
    tools_->tell("Target.closeTarget", {{"targetId", target_}}, whole_browser);
  }

  asio::awaitable<Result<json>> call(const char* method, const json& params,
                                     Instant deadline) const {
    return tools_->call(method, params, session_, deadline);
  }
  void tell(const std::string& method, json params) const {
    tools_->tell(method, std::move(params), session_);
  }
  [[nodiscard]] const Loading& loading() const { return *loading_; }

 private:
  std::shared_ptr<DevTools> tools_;
  std::string target_;
  std::string session_;
  std::shared_ptr<Loading> loading_ = std::make_shared<Loading>();
};

using OpenedTab = Result<std::unique_ptr<Tab>>;

class PageProbe final : public Probe {
 public:
  PageProbe(const ProbeSpec& spec, const ProbeContext& context, Keeper kept)
      : options_(spec.options),
        context_(context),
        browser_(Browser::of(context)),
        kept_(std::move(kept)) {}

  asio::awaitable<Result<void>> open() override;
  asio::awaitable<Observation> sample(Instant deadline) override;

 private:
  asio::awaitable<OpenedTab> open_tab(Instant deadline) const;
  asio::awaitable<Observation> load(const Tab& tab, std::string url, Instant deadline) const;
  asio::awaitable<Observation> read(const Tab& tab, Instant deadline) const;
  [[nodiscard]] Observation failed(const Error& error, Instant deadline) const;
  [[nodiscard]] std::string script() const;
  [[nodiscard]] Instant now() const { return context_.surroundings.now(); }

  json options_;
  ProbeContext context_;
  std::shared_ptr<Browser> browser_;
  Keeper kept_;
};

asio::awaitable<Result<void>> PageProbe::open() {
  const auto url = context_.surroundings.resolve(options_.at("url").get<std::string>());
  if (!url) co_return std::unexpected(url.error());
  auto parsed = parse_http_url(*url);
  if (!parsed) co_return std::unexpected(parsed.error());
  co_return co_await browser_->start(now() + start_within);
}

Observation PageProbe::failed(const Error& error, Instant deadline) const {
  return now() >= deadline ? not_answered("timeout") : not_answered("error", error.what);
}

asio::awaitable<Observation> PageProbe::sample(Instant deadline) {
  const auto url = context_.surroundings.resolve(options_.at("url").get<std::string>());
  if (!url) co_return not_answered("error", url.error().text());
  auto started = co_await browser_->start(deadline);
  if (!started) co_return failed(started.error(), deadline);
  auto tab = co_await open_tab(deadline);
  if (!tab) co_return failed(tab.error(), deadline);
  auto seen = co_await load(**tab, *url, deadline);
  const auto& loading = (*tab)->loading();
  if (loading.status != 0) seen.values["status"] = loading.status;
  co_return seen;
}

asio::awaitable<OpenedTab> PageProbe::open_tab(Instant deadline) const {
  const auto tools = browser_->tools();
  const json blank = {{"url", "about:blank"}};
  const auto created = co_await tools->call("Target.createTarget", blank, whole_browser, deadline);
  if (!created) co_return std::unexpected(created.error());
  const auto target = created->value("targetId", "");
  const json attach = {{"targetId", target}, {"flatten", true}};
  const auto attached =
      co_await tools->call("Target.attachToTarget", attach, whole_browser, deadline);
  if (!attached) {
    tools->tell("Target.closeTarget", {{"targetId", target}}, whole_browser);
    co_return std::unexpected(attached.error());
  }
  auto tab = std::make_unique<Tab>(tools, target, attached->value("sessionId", ""));
  // Commands of a session are done in order, so only the last is waited for: a page that comes
  // before its answer is given to another process, which knows nothing of it.
  tab->tell("Inspector.enable", json::object());
  tab->tell("Page.enable", json::object());
  tab->tell("Network.enable", json::object());
  tab->tell("Network.setCacheDisabled", {{"cacheDisabled", true}});
  tab->tell("Network.setBypassServiceWorker", {{"bypass", true}});
  json agent = {{"userAgent", browser_->user_agent()}};
  if (options_.contains("language")) agent["acceptLanguage"] = options_.at("language");
  const auto ready = co_await tab->call("Emulation.setUserAgentOverride", agent, deadline);
  if (!ready) co_return std::unexpected(ready.error());
  co_return tab;
}

Observation net_error(const std::string& text) {
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, text) != names.end();
  };
  if (is({"net::ERR_CONNECTION_REFUSED"})) return not_answered("refused");
  if (is({"net::ERR_CONNECTION_RESET", "net::ERR_EMPTY_RESPONSE", "net::ERR_CONNECTION_CLOSED",
          "net::ERR_CONNECTION_ABORTED", "net::ERR_CONTENT_LENGTH_MISMATCH",
          "net::ERR_INCOMPLETE_CHUNKED_ENCODING"})) {
    return not_answered("reset");
  }
  if (is({"net::ERR_TIMED_OUT", "net::ERR_CONNECTION_TIMED_OUT"})) return not_answered("timeout");
  return not_answered("error", text);
}

asio::awaitable<Observation> PageProbe::load(const Tab& tab, std::string url,
                                             Instant deadline) const {
  const json where = {{"url", url}};
  const auto navigated = co_await tab.call("Page.navigate", where, deadline);
  if (!navigated) co_return failed(navigated.error(), deadline);
  const auto error = navigated->value("errorText", "");
  if (error == "net::ERR_HTTP_RESPONSE_CODE_FAILURE") {
    // An error status without a body; the text would be the browser's own page.
    Observation seen;
    seen.values = {{"title", ""}, {"text", ""}};
    co_return seen;
  }
  if (!error.empty()) co_return net_error(error);
  co_return co_await read(tab, deadline);
}

// Looks at the page in its own words; false until it has loaded and shows what is waited for.
std::string PageProbe::script() const {
  std::string found = "text.trim() !== ''";
  if (options_.contains("wait-for")) {
    found = fmt::format("document.querySelector({}) !== null", options_.at("wait-for").dump());
  }
  if (options_.contains("wait-for-text")) {
    found += fmt::format(" && text.includes({})", options_.at("wait-for-text").dump());
  }
  // In the browser's count, of which a character has one or two.
  const std::size_t most = kept_.asks("text") ? max_searched_bytes : 2 * kept_text;
  return fmt::format(
      "(() => {{ const text = document.body ? document.body.innerText : '';"
      " return {{ready: document.readyState === 'complete' && ({}), title: document.title,"
      " text: text.slice(0, {}).replace(/[\\ud800-\\udbff]$/, ''), more: text.length > {}}}; }})()",
      found, most, most);
}

asio::awaitable<Observation> PageProbe::read(const Tab& tab, Instant deadline) const {
  const json look = {{"expression", script()}, {"returnByValue", true}};
  asio::steady_timer timer(context_.executor);
  std::optional<Instant> first;
  json before;
  while (true) {
    const auto answer = co_await tab.call("Runtime.evaluate", look, deadline);
    if (tab.loading().crashed) co_return not_answered("error", "the page crashed");
    json page;
    if (answer && answer->contains("exceptionDetails") && options_.contains("wait-for")) {
      co_return not_answered("error", "`wait-for` is not a CSS selector");
    }
    // An error here means that the page is being replaced by another: look again.
    if (answer) page = answer->at("result").value("value", json::object());
    if (page.is_object() && page.value("ready", false)) {
      if (!first) first = now();
      // Settled: the same twice, or restless for long enough (a clock on the page).
      if (page == before || now() - *first >= most_settling) {
        Observation seen;
        kept_.text("title", page.value("title", ""), seen);
        kept_.text("text", page.value("text", ""), seen, page.value("more", false));
        co_return seen;
      }
      before = std::move(page);
    }
    if (now() >= deadline) co_return not_answered("timeout");
    timer.expires_at(std::min(deadline, now() + look_again));
    co_await timer.async_wait(asio::use_awaitable);
  }
}

Result<std::unique_ptr<Probe>> make_page(const ProbeSpec& spec, const ProbeContext& context) {
  const auto url = could_be_http_url(spec.options.at("url").get<std::string>());
  if (!url) return failure("probe {}: {}", spec.name, url.error().what);
  auto kept = Keeper::of(spec);
  if (!kept) return std::unexpected(kept.error());
  return std::make_unique<PageProbe>(spec, context, std::move(*kept));
}

const Registered<ProbeKind> page_registered{ProbeKind{
    {{.name = "page",
      .summary = "A page in a real browser (Chromium), loaded afresh; sees status, title, text "
                 "(what a person can read)",
      .options = Shape::object({
          {"url", Shape::text(), required, "An http:// address."},
          {"language", Shape::text(), {}, "What the browser asks for (Accept-Language)."},
          {"wait-for",
           Shape::text(),
           {},
           "A CSS selector: the page is complete when it matches; "
           "default: when it shows any text."},
          {"wait-for-text", Shape::text(), {}, "A text: the page is complete when it shows it."},
      }),
      .example = {{"url", "http://${services.client.address}/"}, {"language", "fr"}}},
     std::chrono::seconds(1),
     {seen::http_status(), seen::text("title"), seen::in_part(seen::text("text"))}},
    make_page}};

}  // namespace
}  // namespace reprise
