// A ledger that a program reads: it prints a line an entry, the key, a blank and the payload.
#include "harness/model/registry.h"
#include "harness/observe/child_output.h"
#include "harness/observe/ledger_reader.h"

namespace reprise {
namespace {

namespace asio = boost::asio;

constexpr std::size_t most_printed = std::size_t{256} << 20;

Result<std::vector<FoundEntry>> entries_in(const std::string& text) {
  std::vector<FoundEntry> found;
  std::string_view left = text;
  while (!left.empty()) {
    const auto end = left.find('\n');
    if (end == left.npos) return failure("the last line has no end");
    const auto line = left.substr(0, end);
    left.remove_prefix(end + 1);
    if (line.empty()) continue;
    const auto blank = line.find_first_of(" \t");
    if (blank == line.npos) return failure("a line is no key and payload: {}", line);
    found.push_back({std::string(line.substr(0, blank)), std::string(line.substr(blank + 1))});
  }
  return found;
}

class CommandReader final : public LedgerReader {
 public:
  CommandReader(const nlohmann::json& options, const ProbeContext& context)
      : options_(options), context_(context) {}

  asio::awaitable<Result<std::vector<FoundEntry>>> read(Instant deadline) override {
    auto run = child_options(options_, context_.surroundings);
    if (!run) co_return std::unexpected(run.error());
    auto done = co_await run_child(context_.executor, std::move(*run), deadline, most_printed);
    if (!done) co_return std::unexpected(done.error());
    if (!done->exit) co_return failure("timeout");
    if (done->exit->code != 0) {
      co_return failure("exit code {}: {:.200}", done->exit->code, done->complaints);
    }
    // What was dropped would look lost.
    if (done->more_out) co_return failure("it printed more than 256 MiB");
    co_return entries_in(done->out);
  }

 private:
  nlohmann::json options_;
  ProbeContext context_;
};

const Registered<ReaderKind> read_command_registered{ReaderKind{
    {.name = "command",
     .summary = "A program that prints a line an entry: the key, a blank, the payload",
     .options = Shape::object(
         {{"run", Shape::list(Shape::text(), 1), required, "The program and its arguments."},
          {"folder", Shape::text(), {}, "Relative to the system's folder; default that folder."}}),
     .example = {{"run", {"node", "entries.js", "${services.server.address}", "${entry.prefix}"}}}},
    [](const nlohmann::json& options,
       const ProbeContext& context) -> Result<std::unique_ptr<LedgerReader>> {
      return std::make_unique<CommandReader>(options, context);
    }}};

}  // namespace
}  // namespace reprise
