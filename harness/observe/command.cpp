// The user's own look at the system: any program, its exit code and what it printed.
#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>

#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/child.h"
#include "harness/observe/probe.h"
#include "harness/observe/promised.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr std::size_t most_output = 1 << 20;
constexpr Duration last_words = std::chrono::milliseconds(50);  // output still in the pipe

// One output of a program, read as it comes so that the program never waits for us.
struct Output {
  Output(const asio::any_io_executor& executor, int descriptor)
      : pipe(executor, descriptor), ended(executor) {}
  asio::posix::stream_descriptor pipe;
  std::string text;
  Promised<bool> ended;
};

asio::awaitable<void> read_on(std::shared_ptr<Output> output) {
  std::array<char, 16384> block{};
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  while (!error) {
    const auto room = asio::buffer(block);
    const auto count = co_await output->pipe.async_read_some(room, token);
    output->text.append(block.data(), std::min(count, most_output - output->text.size()));
  }
  output->ended.keep(true);
}

// A pipe whose writing end is for the child; nothing when there are no descriptors left.
std::shared_ptr<Output> open_output(const asio::any_io_executor& executor, int& childs_end) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return nullptr;
  childs_end = ends[1];
  return std::make_shared<Output>(executor, ends[0]);
}

class CommandProbe final : public Probe {
 public:
  CommandProbe(const ProbeSpec& spec, const ProbeContext& context, KeptPointers pointers)
      : options_(spec.options), context_(context), pointers_(std::move(pointers)) {}

  asio::awaitable<Observation> sample(Instant deadline) override;

 private:
  Result<ChildOptions> what_to_run() const;
  Observation observe(const Exit& exit, const Output& out, const Output& complaints) const;

  json options_;
  ProbeContext context_;
  KeptPointers pointers_;
};

Result<ChildOptions> CommandProbe::what_to_run() const {
  const auto& surroundings = context_.surroundings;
  ChildOptions run;
  for (const auto& word : options_.at("run")) {
    auto filled = surroundings.resolve(word.get<std::string>());
    if (!filled) return std::unexpected(filled.error());
    run.arguments.push_back(std::move(*filled));
  }
  const auto folder = surroundings.resolve(options_.value("folder", "."));
  if (!folder) return std::unexpected(folder.error());
  run.folder = surroundings.folder() / *folder;
  run.environment = surroundings.environment();
  return run;
}

asio::awaitable<Observation> CommandProbe::sample(Instant deadline) {
  auto run = what_to_run();
  if (!run) co_return not_answered("error", run.error().text());
  int out_end = -1;
  int complaints_end = -1;
  const auto out = open_output(context_.executor, out_end);
  const auto complaints = open_output(context_.executor, complaints_end);
  Result<std::unique_ptr<Child>> child = failure("no descriptors left");
  if (out && complaints) {
    run->descriptors = {{1, out_end}, {2, complaints_end}};
    child = Child::start(context_.executor, *run);
  }
  if (out_end >= 0) ::close(out_end);
  if (complaints_end >= 0) ::close(complaints_end);
  if (!child) co_return not_answered("error", child.error().text());

  asio::co_spawn(context_.executor, read_on(out), asio::detached);
  asio::co_spawn(context_.executor, read_on(complaints), asio::detached);
  const auto exit = co_await (*child)->wait(deadline);
  // A grandchild in a group of its own may hold the pipe open for ever.
  const auto patience = std::min(deadline, context_.surroundings.now() + last_words);
  if (exit) {
    co_await out->ended.wait(patience);
    co_await complaints->ended.wait(patience);
  }
  boost::system::error_code ignored;
  out->pipe.close(ignored);
  complaints->pipe.close(ignored);
  if (!exit) co_return not_answered("timeout", out->text);
  co_return observe(*exit, *out, *complaints);
}

Observation CommandProbe::observe(const Exit& exit, const Output& out,
                                  const Output& complaints) const {
  Observation seen;
  seen.values = {{"exit", exit.code}, {"text", cut_text(out.text)}};
  if (exit.signal != 0) seen.values["signal"] = exit.signal;
  if (!complaints.text.empty()) seen.values["stderr"] = cut_text(complaints.text);
  if (!pointers_.any()) return seen;
  const auto document = json::parse(out.text, nullptr, false);
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
