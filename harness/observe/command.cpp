// The user's own look at the system: any program, its exit code and what it printed.
#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/child_output.h"
#include "harness/observe/keeper.h"
#include "harness/observe/probe.h"
#include "harness/observe/promised.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr std::size_t most_output = max_searched_bytes;

class CommandProbe final : public Probe {
 public:
  CommandProbe(const ProbeSpec& spec, const ProbeContext& context, Keeper kept)
      : options_(spec.options),
        context_(context),
        kept_(std::make_shared<const Keeper>(std::move(kept))) {}

  asio::awaitable<Observation> sample(Instant deadline) override;

 private:
  json options_;
  ProbeContext context_;
  std::shared_ptr<const Keeper> kept_;
};

constexpr std::size_t looked_at_in_place = 256 << 10;  // more would hold up the engine

// Killed at its deadline, with what it had printed until then.
Observation broken_off(const ChildOutput& done, const Keeper& kept) {
  auto seen = not_answered("timeout");
  if (!done.out.empty()) kept.text("text", done.out, seen, true);
  if (!done.complaints.empty()) kept.text("stderr", done.complaints, seen, true);
  if (seen.values.contains("cut")) seen.values["partial"] = true;
  return seen;
}

Observation seen_of(const ChildOutput& done, const Keeper& kept) {
  if (!done.exit) return broken_off(done, kept);
  Observation seen;
  seen.values["exit"] = done.exit->code;
  kept.text("text", done.out, seen, done.more_out);
  if (done.exit->signal != 0) seen.values["signal"] = done.exit->signal;
  if (!done.complaints.empty()) kept.text("stderr", done.complaints, seen, done.more_complaints);
  if (!kept.any_pointers()) return seen;
  if (done.more_out) {
    kept.unread_document(seen);
    return seen;
  }
  const auto document = json::parse(done.out, nullptr, false);
  if (!document.is_discarded()) kept.document(document, seen);
  return seen;
}

ChildOutput beginning_of(const ChildOutput& done) {
  ChildOutput out{done.exit, done.out.substr(0, kept_text), done.complaints.substr(0, kept_text)};
  out.more_out = done.more_out || out.out.size() < done.out.size();
  out.more_complaints = done.more_complaints || out.complaints.size() < done.complaints.size();
  return out;
}

asio::awaitable<Observation> CommandProbe::sample(Instant deadline) {
  auto run = child_options(options_, context_.surroundings);
  if (!run) co_return not_answered("error", run.error().text());
  auto done = co_await run_child(context_.executor, std::move(*run), deadline, most_output);
  if (!done) co_return not_answered("error", done.error().text());
  if (done->out.size() + done->complaints.size() <= looked_at_in_place) {
    co_return seen_of(*done, *kept_);
  }
  const auto beginning = beginning_of(*done);
  auto work = [done = std::move(*done), kept = kept_] { return seen_of(done, *kept); };
  auto promised = promise(context_.executor, context_.pool, std::move(work));
  auto seen = co_await promised->wait(deadline);
  // It ended in time, or did not, whatever we make of what it printed.
  if (!seen) co_return seen_of(beginning, *kept_);
  co_return std::move(*seen);
}

Result<std::unique_ptr<Probe>> make_command(const ProbeSpec& spec, const ProbeContext& context) {
  auto kept = Keeper::of(spec);
  if (!kept) return std::unexpected(kept.error());
  return std::make_unique<CommandProbe>(spec, context, std::move(*kept));
}

const Registered<ProbeKind> command_registered{ProbeKind{
    {{.name = "command",
      .summary = "Runs a program and kills it with all it started at the time-out; sees exit, "
                 "signal, text (standard output), stderr, json",
      .options = Shape::object({
          {"run", Shape::list(Shape::text(), 1), required, "The program and its arguments."},
          {"folder", Shape::text(), {}, "Relative to the system's folder; default that folder."},
      }),
      .example = {{"run", {"node", "check.js", "${services.server.address}"}}}},
     std::chrono::milliseconds(20),
     {seen::outcome({"answered", "timeout", "error"}), seen::integer("exit", 0, 255),
      seen::beside("exit", {{">", 128}}, seen::integer("signal", 1, 64)),
      seen::in_part(seen::text("text")), seen::in_part(seen::text("stderr")), seen::documents()}},
    make_command}};

}  // namespace
}  // namespace reprise
