// The plan's own program, as an argument vector: no shell stands between.
#include <atomic>
#include <deque>

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "harness/engine/drill/step.h"
#include "harness/engine/services/process.h"
#include "harness/engine/services/process_tree.h"
#include "harness/model/registry.h"
#include "harness/observe/answer.h"

namespace reprise {
namespace {

constexpr std::size_t kept_lines = 5;

// What a running command and the readers of its output share.
struct Running {
  std::shared_ptr<Process> process;
  std::deque<std::string> last;
  int open_streams = 2;
};

// A step that is over its time, or cancelled, leaves nothing of its command behind. One that ended
// by itself may have started something on purpose: that stays until the drill ends.
class KilledUnlessEnded {
 public:
  KilledUnlessEnded(std::shared_ptr<Process> process, std::string mark)
      : process_(std::move(process)), mark_(std::move(mark)) {}
  KilledUnlessEnded(const KilledUnlessEnded&) = delete;
  KilledUnlessEnded& operator=(const KilledUnlessEnded&) = delete;
  ~KilledUnlessEnded() {
    if (ended) return;
    try {
      (void)extinguish({process_->id(), mark_}, std::chrono::seconds(2));
    } catch (...) {
      // Out of memory: the process itself goes with its owner, the rest with the drill.
    }
  }
  bool ended = false;

 private:
  std::shared_ptr<Process> process_;
  std::string mark_;
};

Result<Launch> description(const nlohmann::json& options, const Surroundings& surroundings) {
  auto command = resolved_words(surroundings, options.at("run"));
  if (!command) return std::unexpected(command.error());
  auto folder = resolved_folder(surroundings, options);
  if (!folder) return std::unexpected(folder.error());
  return Launch{std::move(*command), surroundings.environment(), std::move(*folder)};
}

boost::asio::awaitable<void> keep_last(std::shared_ptr<Running> running, Stream stream) {
  std::vector<PrintedLine> lines;
  bool more = true;
  while (more) {
    lines.clear();
    more = co_await running->process->read(stream, lines, std::nullopt);
    for (const auto& line : lines) {
      running->last.push_back(cut_text(line.text));
      if (running->last.size() > kept_lines) running->last.pop_front();
    }
  }
  --running->open_streams;
}

std::string with_output(std::string text, const Running& running) {
  const char* separator = "; it printed last: ";
  for (const auto& line : running.last) text += std::exchange(separator, " | ") + line;
  return text;
}

void read_output(const boost::asio::any_io_executor& executor, std::shared_ptr<Running> running) {
  for (const Stream stream : {Stream::out, Stream::err}) {
    auto finished = [](std::exception_ptr) {};
    boost::asio::co_spawn(executor, keep_last(running, stream), finished);
  }
}

boost::asio::awaitable<Result<std::string>> run(const Step& step, StepContext& context) {
  using boost::asio::experimental::awaitable_operators::operator||;
  const Instant deadline = context.clock.now() + step.within;
  const auto executor = co_await boost::asio::this_coro::executor;
  auto launch = description(step.options.at("value"), context.surroundings);
  if (!launch) co_return std::unexpected(launch.error());
  static std::atomic<unsigned> next = 0;
  const auto mark = fmt::format("REPRISE_COMMAND={}/{}", ::getpid(), next++);
  launch->environment.push_back(mark);
  auto process = Process::launch(executor, *launch);
  if (!process) co_return std::unexpected(process.error());

  auto running = std::make_shared<Running>();
  running->process = std::move(*process);
  KilledUnlessEnded guard(running->process, mark);
  read_output(executor, running);

  auto ended = running->process->ended();
  auto limit = context.clock.sleep_until(deadline);
  auto either = std::move(ended) || std::move(limit);
  co_await std::move(either);
  const auto ending = running->process->ending();
  if (!ending) {
    co_return failure("{}", with_output(fmt::format("{} did not end within {}", launch->command[0],
                                                    format_duration(step.within)),
                                        *running));
  }
  guard.ended = true;
  // Its last words may still be in the pipe; what it left running may hold the pipe open.
  const Instant words = context.clock.now() + 100ms;
  while (running->open_streams > 0 && context.clock.now() < words) {
    co_await context.clock.sleep_for(1ms);
  }
  auto told = with_output(fmt::format("{} {}", launch->command[0], ending->text()), *running);
  if (ending->clean()) co_return told;
  co_return failure("{}", told);
}

const Registered<StepKind> command_registered{StepKind{
    KindInfo{.name = "command",
             .summary = "Runs a program of the plan and wants exit code 0.",
             .options = Shape::object({
                 {"run", Shape::list(Shape::text(), 1), required,
                  "The argument vector; no shell reads it."},
                 {"folder", Shape::text(), {}, "Where, relative to system/; default \".\"."},
             }),
             .example = {{"command", {{"run", {"node", "repair.js"}}, {"folder", "."}}}}},
    run}};

}  // namespace
}  // namespace reprise
