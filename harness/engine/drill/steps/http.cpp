// One request, asked by the same probe kind that watches the system.
#include "harness/engine/drill/step.h"
#include "harness/model/expectations/expectation.h"
#include "harness/model/registry.h"
#include "harness/observe/http_exchange.h"
#include "harness/observe/probe.h"

namespace reprise {
namespace {

std::string answer_in_words(const Observation& seen) {
  const auto status = seen.values.find("status");
  if (status != seen.values.end()) {
    const bool whole = seen.outcome == "answered";
    const auto before = whole ? std::string("answered with") : seen.outcome + " after";
    return fmt::format("{} status {}", before, status->dump());
  }
  const auto text = seen.values.value("text", std::string());
  return text.empty() ? seen.outcome : fmt::format("{}: {}", seen.outcome, text);
}

Result<Expectation> wanted(const nlohmann::json& options) {
  const nlohmann::json success = {{"status", {{">=", 200}, {"<", 300}}}};
  return Expectation::parse(options.value("expect", success));
}

boost::asio::awaitable<Result<std::string>> request(const Step& step, StepContext& context) {
  auto options = step.options.at("value");
  const auto expect = wanted(options);
  if (!expect) co_return std::unexpected(expect.error());
  options.erase("expect");

  ProbeSpec spec;
  spec.name = "step";
  spec.kind = "http";
  spec.options = std::move(options);
  spec.timeout = step.within;
  const auto pointers = expect->pointers();
  const auto headers = expect->headers();
  spec.pointers.assign(pointers.begin(), pointers.end());
  spec.headers.assign(headers.begin(), headers.end());
  for (const auto& search : expect->searches()) spec.searches.push_back(search.written());

  const ProbeKind* kind = Registry<ProbeKind>::find(spec.kind);
  if (!kind) co_return failure("this program was built without the http probe");
  auto executor = co_await boost::asio::this_coro::executor;
  const ProbeContext probing{executor, context.surroundings, context.pool};
  auto probe = kind->make(spec, probing);
  if (!probe) co_return std::unexpected(probe.error());
  auto opened = co_await (*probe)->open();
  if (!opened) co_return std::unexpected(opened.error());
  const Instant begun = context.clock.now();
  auto seen = co_await (*probe)->sample(begun + step.within);
  seen.values["latency"] = Duration(context.clock.now() - begun).count();
  if (expect->holds(seen)) co_return answer_in_words(seen);
  const auto url = context.surroundings.resolve(spec.options.value("url", ""));
  co_return failure("{} {}, expected {}", url.value_or(""), answer_in_words(seen),
                    expect->source().dump());
}

Shape options() {
  auto fields = http_request_options();
  fields.push_back(
      {"expect", Shape::predicate(), {}, "What the answer must be; default a status 2xx."});
  return Shape::object(std::move(fields));
}

const Registered<StepKind> http_registered{StepKind{
    KindInfo{.name = "http",
             .summary = "Sends one request and wants a given answer.",
             .options = options(),
             .example = {{"http",
                          {{"url", "http://${services.server.address}/api/predictions/generate"},
                           {"method", "POST"},
                           {"expect", {{"status", 200}}}}},
                         {"within", "10s"}},
             .looks_as = "http"},
    request}};

}  // namespace
}  // namespace reprise
