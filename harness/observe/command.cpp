// The user's own look at the system: any program, its exit code and what it printed.
#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/child_output.h"
#include "harness/observe/probe.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr std::size_t most_output = 1 << 20;

class CommandProbe final : public Probe {
 public:
  CommandProbe(const ProbeSpec& spec, const ProbeContext& context, KeptPointers pointers)
      : options_(spec.options), context_(context), pointers_(std::move(pointers)) {}

  asio::awaitable<Observation> sample(Instant deadline) override;

 private:
  Observation observe(const ChildOutput& done) const;

  json options_;
  ProbeContext context_;
  KeptPointers pointers_;
};

asio::awaitable<Observation> CommandProbe::sample(Instant deadline) {
  auto run = child_options(options_, context_.surroundings);
  if (!run) co_return not_answered("error", run.error().text());
  auto done = co_await run_child(context_.executor, std::move(*run), deadline, most_output);
  if (!done) co_return not_answered("error", done.error().text());
  if (!done->exit) co_return not_answered("timeout", done->out);
  co_return observe(*done);
}

Observation CommandProbe::observe(const ChildOutput& done) const {
  Observation seen;
  seen.values = {{"exit", done.exit->code}, {"text", cut_text(done.out)}};
  if (done.exit->signal != 0) seen.values["signal"] = done.exit->signal;
  if (!done.complaints.empty()) seen.values["stderr"] = cut_text(done.complaints);
  if (!pointers_.any()) return seen;
  const auto document = json::parse(done.out, nullptr, false);
  if (!document.is_discarded()) pointers_.keep(document, seen);
  return seen;
}

Result<std::unique_ptr<Probe>> make_command(const ProbeSpec& spec, const ProbeContext& context) {
  auto pointers = KeptPointers::of(spec);
  if (!pointers) return std::unexpected(pointers.error());
  return std::make_unique<CommandProbe>(spec, context, std::move(*pointers));
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
     std::chrono::milliseconds(20)},
    make_command}};

}  // namespace
}  // namespace reprise
