#include "harness/cli/conductor.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <deque>
#include <list>

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cli/jobs.h"
#include "harness/cli/journal_tail.h"
#include "harness/cli/judged.h"
#include "harness/engine/drill/stolen_time.h"
#include "harness/engine/undo/guardian.h"

namespace reprise {
namespace {

constexpr int tick_ms = 100;

// Another attempt waits for the host to leave this machine its time, but not for ever.
constexpr Duration between_looks = std::chrono::seconds(1);
constexpr Duration longest_rest = std::chrono::minutes(1);
constexpr int little_stolen = 5;  // percent

struct Running {
  Job job;
  pid_t guardian;
  int ended;    // pidfd
  int answers;  // write end of the operator's pipe
  UtcInstant begun;
  JournalTail tail;
};

struct Rest {
  Instant since, looked;
  CpuTime spent;      // at that look
  bool told = false;  // why
};

// Blocks SIGINT and SIGTERM for as long as it lives and makes them readable.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    sigprocmask(SIG_BLOCK, &set_, &before_);
    descriptor_ = ::signalfd(-1, &set_, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  ~Signals() {
    ::close(descriptor_);
    sigprocmask(SIG_SETMASK, &before_, nullptr);
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] int next() const {
    signalfd_siginfo info{};
    const bool one = ::read(descriptor_, &info, sizeof info) == sizeof info;
    return one ? static_cast<int>(info.ssi_signo) : 0;
  }

 private:
  sigset_t set_{}, before_{};
  int descriptor_ = -1;
};

class Conductor {
 public:
  Conductor(const std::vector<Job>& jobs, Pace pace, LiveView& view)
      : waiting_(jobs.begin(), jobs.end()), pace_(pace), view_(view) {}

  Conducted run() {
    const Instant begun = std::chrono::steady_clock::now();
    while (!waiting_.empty() || !running_.empty()) {
      while (!outcome_.signal && !waiting_.empty() && running_.size() < pace_.at_once && rested()) {
        start();
      }
      if (running_.empty() && (outcome_.signal || waiting_.empty())) break;
      wait();
      for (Running& drill : running_) follow(drill);
      view_.tick(std::chrono::steady_clock::now() - begun);
    }
    outcome_.run = in_order(std::move(judged_));
    return std::move(outcome_);
  }

 private:
  // While the host takes the machine's time, the next attempt at a drill would be as inconclusive.
  bool rested() {
    const Job& next = waiting_.front();
    if (next.earlier.empty()) return true;
    const Instant now = std::chrono::steady_clock::now();
    if (!rest_) rest_ = {now, now, cpu_time()};
    if (now - rest_->looked < between_looks) return false;
    const CpuTime spent = cpu_time();
    const int stolen = stolen_percent(std::exchange(rest_->spent, spent), spent);
    rest_->looked = now;
    if (stolen <= little_stolen || now - rest_->since >= longest_rest) {
      rest_.reset();
      return true;
    }
    if (!std::exchange(rest_->told, true)) {
      view_.line(drill_name(next), {{"event", "resting"}, {"stolen_percent", stolen}});
    }
    return false;
  }

  void start() {
    const Job planned = std::move(waiting_.front());
    waiting_.pop_front();
    Job job = planned;
    int pipe[2];
    REPRISE_REQUIRE(::pipe2(pipe, O_CLOEXEC) == 0);
    job.answers = pipe[0];
    job.not_ours.push_back(pipe[1]);
    for (const Running& other : running_) job.not_ours.push_back(other.answers);
    const UtcInstant begun = std::chrono::system_clock::now();
    auto guardian = fork_guardian(job);
    ::close(pipe[0]);
    if (!guardian) {
      ::close(pipe[1]);
      keep(unrecorded_drill(job, begun, guardian.error().text(), true));
    } else {
      const int ended = static_cast<int>(::syscall(SYS_pidfd_open, *guardian, 0));
      running_.push_back({planned, *guardian, ended, pipe[1], begun, JournalTail(planned.journal)});
    }
  }

  void wait() {
    std::vector<pollfd> waited{{signals_.descriptor(), POLLIN, 0},
                               {attended() ? STDIN_FILENO : -1, POLLIN, 0}};
    for (const Running& drill : running_) waited.push_back({drill.ended, POLLIN, 0});
    ::poll(waited.data(), waited.size(), tick_ms);
    if (waited[0].revents & POLLIN) pass_on(signals_.next());
    if (waited[1].revents & POLLIN) pass_line();
    std::size_t i = 2;
    for (auto drill = running_.begin(); drill != running_.end(); ++i) {
      drill = (waited[i].revents & POLLIN) ? finish(drill) : std::next(drill);
    }
  }

  [[nodiscard]] bool attended() const {
    return stdin_open_ && running_.size() == 1 && running_.front().job.attended;
  }

  void pass_on(int signal) {
    if (!signal) return;
    outcome_.signal = signal;
    for (const Running& drill : running_) ::kill(drill.guardian, signal);
  }

  void pass_line() {
    char bytes[256];
    const auto count = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (count <= 0) {
      stdin_open_ = false;
      return;
    }
    (void)!::write(running_.front().answers, bytes, static_cast<std::size_t>(count));
  }

  void follow(Running& drill) {
    for (const auto& event : drill.tail.next()) view_.line(drill_name(drill.job), event);
  }

  void keep(Drill drill) { view_.finished(judged_.emplace_back(std::move(drill))); }

  // Next, while whoever watches still remembers why.
  void drill_again(const Job& job, const Drill& drill) {
    const bool worth_it = tells_nothing(drill.verdict) && job.earlier.size() < pace_.again;
    if (!worth_it || outcome_.signal) return;
    waiting_.push_front(next_attempt(job, drill));
  }

  std::list<Running>::iterator finish(std::list<Running>::iterator drill) {
    int status = 0;
    while (::waitpid(drill->guardian, &status, 0) < 0 && errno == EINTR) {
    }
    follow(*drill);
    const bool orderly = WIFEXITED(status) && WEXITSTATUS(status) == guardian_clean;
    // A guardian that was killed undid nothing: its log is residue now.
    const bool undone =
        orderly || (WIFEXITED(status) && WEXITSTATUS(status) == guardian_could_not_start);
    if (!undone) outcome_.residue = true;
    if (auto read = read_drill(drill->job.journal)) {
      keep(std::move(*read));
      if (orderly) drill_again(drill->job, judged_.back());
    } else {
      keep(unrecorded_drill(drill->job, drill->begun, read.error().text(), undone));
    }
    ::close(drill->ended);
    ::close(drill->answers);
    return running_.erase(drill);
  }

  std::deque<Job> waiting_;
  Pace pace_;
  LiveView& view_;
  Signals signals_;
  std::list<Running> running_;
  std::vector<Drill> judged_;
  Conducted outcome_;
  bool stdin_open_ = true;
  std::optional<Rest> rest_;  // before the next attempt
};

}  // namespace

std::optional<int> Conducted::exit_code() const {
  if (residue) return 4;
  if (signal) return 128 + signal;
  return std::nullopt;
}

Conducted conduct(const std::vector<Job>& jobs, Pace pace, LiveView& view) {
  return Conductor(jobs, pace, view).run();
}

}  // namespace reprise
