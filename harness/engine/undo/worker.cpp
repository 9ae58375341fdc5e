#include "harness/engine/undo/worker.h"

#include <sys/utsname.h>
#include <unistd.h>
#include <csignal>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>

#include "harness/engine/drill/drill.h"
#include "harness/engine/drill/operator.h"
#include "harness/engine/site/system_hash.h"

namespace reprise {
namespace {

constexpr Duration sign_of_life = std::chrono::milliseconds(100);

nlohmann::json environment(const Job& job) {
  utsname host{};
  ::uname(&host);
  return {{"kernel", fmt::format("{} {}", host.sysname, host.release)},
          {"machine", host.machine},
          {"cores", ::sysconf(_SC_NPROCESSORS_ONLN)},
          {"uid", ::getuid()},
          {"sandbox", job.sandbox}};
}

void write_first_event(Journal& journal, const Job& job) {
  nlohmann::json fields{{"format", journal_format},
                        {"tool", REPRISE_VERSION},
                        {"plan", job.redaction->document(job.plan->resolved)},
                        {"scenario", job.redaction->document(job.scenario->resolved)},
                        {"files", job.file_hashes},
                        {"seed", job.seed},
                        {"repeat", job.repeat},
                        {"environment", environment(job)},
                        {"operator", job.operator_name},
                        {"command", job.command}};
  for (const EarlierAttempt& attempt : job.earlier) {
    fields["earlier"].push_back({{"journal", attempt.journal}, {"head", attempt.head}});
  }
  journal.write_at({}, "drill", std::move(fields));
}

// Looked at after the copy is made, so that whatever changed before or meanwhile is seen.
Result<void> unchanged(const Job& job) {
  const auto hash = system_hash(*job.plan);
  if (!hash) return std::unexpected(hash.error());
  if (*hash == job.system_hash) return {};
  return failure("{} has changed since the run began: its drills would not be of one system",
                 system_folder(*job.plan).string());
}

boost::asio::awaitable<void> tell_of_life(Clock& clock, int alive) {
  while (true) {
    const char byte = '.';
    (void)!::write(alive, &byte, 1);
    co_await clock.sleep_for(sign_of_life);
  }
}

// What nobody records any more proves nothing: the drill heals and ends in order.
boost::asio::awaitable<void> end_with_the_journal(const Journal& journal, Clock& clock,
                                                  DrillEngine& drill) {
  while (journal.full().empty() && journal.trouble().empty()) {
    co_await clock.sleep_for(sign_of_life);
  }
  // A full disk the journal tells itself, on its reserve.
  if (journal.full().empty()) fmt::print(stderr, "reprise: {}\n", journal.trouble());
  drill.interrupt("the journal cannot be written");
}

}  // namespace

int run_worker(const Job& job, UndoLog undo_log, int alive) {
  // A guardian that was killed reads no signs of life: the drill must still heal and end in order.
  ::signal(SIGPIPE, SIG_IGN);
  boost::asio::io_context context(1);
  SteadyClock clock;
  const Instant origin = clock.now();
  auto now = [&] { return clock.now() - origin; };
  auto utc = [&] { return clock.utc(); };
  auto journal = Journal::create(job.journal, now, utc);
  if (!journal) {
    fmt::print(stderr, "reprise: {}\n", journal.error().text());
    return 1;
  }
  journal->hide(*job.redaction);
  write_first_event(*journal, job);
  auto site = Site::prepare(*job.plan, job.folder, job.mark, clock, job.sandboxed,
                            job.scenario->faults, job.seed);
  const auto same = site ? unchanged(job) : Result<void>();
  if (!site || !same) {
    const Error& why = site ? same.error() : site.error();
    journal->write("trouble", {{"what", why.text()}});
    journal->write("end", {{"outcome", "failed-to-start"}});
    return 1;
  }
  BlockingPool pool(4);
  auto started = [&](const ProcessId& process) {
    // Numbers from inside a sandbox mean nothing outside, and everything in it ends with it.
    if (!job.sandboxed) undo_log.started(process);
  };
  Supervisor supervisor(context.get_executor(), clock, *journal, pool, *job.plan, **site, started,
                        log_patterns(*job.plan, *job.scenario));
  Operator person(context.get_executor(), clock, job.answers, job.attended);
  auto ask = [&](const Step& step) { return person.ask(step); };
  DrillEngine drill({context.get_executor(), clock, *journal, pool, undo_log, *job.plan,
                     *job.scenario, **site, supervisor, origin, job.seed, job.repeat, job.awaited,
                     ask, job.journal, job.at_the_end});

  boost::asio::signal_set signals(context, SIGINT, SIGTERM);
  auto interrupted = [&](boost::system::error_code error, int number) {
    if (!error) drill.interrupt(number == SIGINT ? "SIGINT" : "SIGTERM");
  };
  signals.async_wait(interrupted);
  if (job.rehearsal) person.on_line([&] { drill.heal_now(); });
  auto life = tell_of_life(clock, alive);
  boost::asio::co_spawn(context, std::move(life), boost::asio::detached);
  auto ending = end_with_the_journal(*journal, clock, drill);
  boost::asio::co_spawn(context, std::move(ending), boost::asio::detached);
  int code = 0;
  auto finished = [&](std::exception_ptr thrown) {
    if (thrown) {
      code = 1;
      try {
        std::rethrow_exception(thrown);
      } catch (const std::exception& error) {
        journal->write("trouble", {{"what", error.what()}});
      }
    }
    context.stop();
  };
  auto work = drill.run();
  boost::asio::co_spawn(context, std::move(work), finished);
  context.run();
  return code;
}

}  // namespace reprise
