// How often a service has said something. Lines are read once: each sample goes on where the last
// one stopped.
#include <boost/asio/post.hpp>

#include "harness/model/expectations/pattern.h"
#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/keeper.h"
#include "harness/observe/probe.h"

namespace reprise {
namespace {

constexpr std::size_t lines_at_once = 256;

class LogProbe final : public Probe {
 public:
  LogProbe(const ProbeSpec& spec, const ProbeContext& context, Pattern pattern, Keeper kept)
      : service_(spec.options.at("service").get<std::string>()),
        matches_(spec.options.at("matches").get<std::string>()),
        pattern_(std::move(pattern)),
        kept_(std::move(kept)),
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
    if (unsure_) note_cut("count", seen);
    if (last_ && last_->left_out > 0) {
      note_cut("line", seen);
    } else if (last_) {
      kept_.text("line", last_->line, seen, last_->cut);
    }
    co_return seen;
  }

 private:
  void count(const Printed& printed) {
    const std::size_t lines = lines_in(printed);
    if (lines == 0) return;
    count_ += lines;
    last_ = printed;
  }

  std::size_t lines_in(const Printed& printed) {
    const bool whole = printed.left_out == 0 && !printed.cut;
    if (whole) return pattern_.found_in(printed.line) ? 1 : 0;
    const auto found = printed.found.find(matches_);
    const bool asked = found != printed.found.end();
    const std::size_t lines = asked ? found->second : 0;
    // More lines that nobody searched, or more of a line in which nothing was found so far.
    const bool may_hide = printed.left_out > 0 || lines == 0;
    unsure_ = unsure_ || (may_hide && (printed.unsearched || !asked));
    return lines;
  }

  std::string service_;
  std::string matches_;
  Pattern pattern_;
  Keeper kept_;
  ProbeContext context_;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  bool unsure_ = false;  // there may have been more
  std::optional<Printed> last_;
};

Result<std::unique_ptr<Probe>> make_log(const ProbeSpec& spec, const ProbeContext& context) {
  auto pattern = Pattern::compile_for_lines(spec.options.at("matches").get<std::string>());
  if (!pattern) return failure("probe {}: {}", spec.name, pattern.error().what);
  auto kept = Keeper::of(spec);
  if (!kept) return std::unexpected(kept.error());
  return std::make_unique<LogProbe>(spec, context, std::move(*pattern), std::move(*kept));
}

const Registered<ProbeKind> log_registered{ProbeKind{
    {{.name = "log",
      .summary = "Lines of a service's output that match, since the drill began; sees count, line "
                 "(the last one)",
      .options = Shape::object({
          {"service", Shape::name(), required, "A service of the plan."},
          {"matches", Shape::text(), required,
           "A regular expression, searched in each line, up to 8 MiB of it."},
      }),
      .example = {{"service", "server"}, {"matches", "switched to simulated"}},
      .asks_nothing = true},
     std::chrono::milliseconds(1),
     {seen::outcome({"answered", "timeout", "error"}), seen::always(seen::integer("count")),
      seen::beside("count", {{">=", 1}}, seen::of_form(R"([^\n]*)", seen::text("line")))}},
    make_log}};

}  // namespace
}  // namespace reprise
