// How often a service has said something. Lines are read once: each sample goes on where the last
// one stopped.
#include <regex>

#include <boost/asio/post.hpp>

#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/probe.h"

namespace reprise {
namespace {

// libstdc++ matches recursively: a longer line could use up the stack.
constexpr std::size_t longest_line = 4096;
constexpr std::size_t lines_at_once = 256;

class LogProbe final : public Probe {
 public:
  LogProbe(const ProbeSpec& spec, const ProbeContext& context, std::regex pattern)
      : service_(spec.options.at("service").get<std::string>()),
        pattern_(std::move(pattern)),
        context_(context) {}

  boost::asio::awaitable<Observation> sample(Instant deadline) override {
    const std::size_t from = next_;
    const auto lines = context_.surroundings.log(service_, from);
    // Overlapping samples read on together: whoever comes first counts a line, nobody twice.
    while (next_ - from < lines.size()) {
      count(lines[next_ - from]);
      if (++next_ % lines_at_once != 0) continue;
      if (context_.surroundings.now() > deadline) co_return not_answered("timeout");
      co_await boost::asio::post(context_.executor, boost::asio::use_awaitable);
    }
    Observation seen;
    seen.values["count"] = count_;
    if (count_ > 0) seen.values["line"] = last_;
    co_return seen;
  }

 private:
  void count(const std::string& line) {
    const char* const begin = line.data();
    const char* const end = begin + std::min(line.size(), longest_line);
    if (!std::regex_search(begin, end, pattern_)) return;
    ++count_;
    last_ = cut_text(line);
  }

  std::string service_;
  std::regex pattern_;
  ProbeContext context_;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  std::string last_;
};

Result<std::unique_ptr<Probe>> make_log(const ProbeSpec& spec, const ProbeContext& context) {
  const auto text = spec.options.at("matches").get<std::string>();
  try {
    return std::make_unique<LogProbe>(spec, context, std::regex(text));
  } catch (const std::regex_error& error) {
    return failure("probe {}: '{}' is not a regular expression: {}", spec.name, text, error.what());
  }
}

const Registered<ProbeKind> log_registered{ProbeKind{
    {{.name = "log",
      .summary = "Lines of a service's output that match, since the drill began; sees count, line "
                 "(the last one)",
      .options = Shape::object({
          {"service", Shape::name(), required, "A service of the plan."},
          {"matches", Shape::text(), required,
           "An ECMAScript regular expression, searched in the first 4 KiB of each line."},
      }),
      .example = {{"service", "server"}, {"matches", "switched to simulated"}}},
     std::chrono::milliseconds(1)},
    make_log}};

}  // namespace
}  // namespace reprise
