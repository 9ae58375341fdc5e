#include "harness/engine/drill/trial.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/engine/services/process_table.h"
#include "harness/engine/services/program.h"
#include "harness/engine/site/disk.h"
#include "harness/engine/site/link.h"
#include "harness/engine/targets/target_kind.h"
#include "harness/engine/undo/sandbox.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

constexpr int patience_ms = 15'000;
constexpr std::uint64_t disk_size = 1 << 20;
constexpr std::string_view works = "works ";  // what the trial's process begins with, then how

fs::path make_ground() {
  auto pattern = (fs::temp_directory_path() / "reprise-doctor-XXXXXX").string();
  REPRISE_REQUIRE(::mkdtemp(pattern.data()));
  return pattern;
}

// What every fault can be put into, called "trial".
class Ground final : public Surroundings, public TrialGround {
 public:
  Ground(fs::path folder, std::string database, bool sandboxed)
      : folder_(std::move(folder)), database_(std::move(database)), sandboxed_(sandboxed) {
    std::ofstream(folder_ / "trial") << "{\"trial\": \"" << std::string(4096, '.') << "\"}\n";
  }
  ~Ground() override {
    if (service_.pid > 0) ::kill(service_.pid, SIGKILL);
  }

  Result<void> prepare(const FaultKind& kind) {
    const TargetKind* target = Registry<TargetKind>::find(kind.target);
    if (target && target->before_trial) {
      if (auto made = target->before_trial(*this); !made) return made;
    }
    if (kind.install_instrument) {
      if (auto installed = install_instrument(kind); !installed) return installed;
    }
    return target && target->trial ? target->trial(*this) : Result<void>();
  }

  Result<void> mount_disk() override {
    return sandboxed_ ? reprise::mount_disk(folder_ / "disk", disk_size) : Result<void>();
  }
  Result<void> open_link() override;
  Result<void> start_service() override;

  const fs::path& folder() const override { return folder_; }
  Result<std::string> resolve(std::string_view text) const override { return std::string(text); }
  LinkServer* link(std::string_view) const override { return link_.get(); }
  Result<ProcessId> process(std::string_view) const override { return service_; }
  std::vector<ProcessId> process_tree(std::string_view) const override { return {service_}; }
  Instrument* instrument(std::string_view, std::string_view) const override {
    return instrument_.get();
  }
  Result<std::string> database(std::string_view) const override { return database_; }
  Result<fs::path> file(std::string_view) const override { return folder_ / "trial"; }
  Result<fs::path> disk(std::string_view) const override {
    if (sandboxed_) return folder_ / "disk";
    return failure("a disk of its own needs the sandbox");
  }
  std::vector<Printed> log(std::string_view, std::size_t) const override { return {}; }
  std::vector<std::string> environment() const override {
    const char* path = std::getenv("PATH");
    return {fmt::format("PATH={}", path ? path : "/usr/bin:/bin")};
  }
  Instant now() const override { return std::chrono::steady_clock::now(); }
  bool sandboxed() const override { return sandboxed_; }

 private:
  Result<void> install_instrument(const FaultKind& kind) {
    auto installed = kind.install_instrument("trial", {*this, folder_});
    if (!installed) return std::unexpected(installed.error());
    instrument_ = std::move(*installed);
    return {};
  }

  fs::path folder_;
  std::string database_;
  bool sandboxed_;
  std::unique_ptr<Instrument> instrument_;
  std::unique_ptr<LinkServer> link_;
  ProcessId service_{};
};

Result<void> Ground::open_link() {
  const LinkMaker* maker = Registry<LinkMaker>::find("proxy");
  if (!maker) return failure("this program was built without the proxy");
  Link link;
  link.name = "trial";
  auto server = maker->make(link, "127.0.0.1:9");
  if (!server) return std::unexpected(server.error());
  link_ = std::move(*server);
  return {};
}

Result<void> Ground::start_service() {
  Program sleeper;
  sleeper.command = {"sleep", "60"};
  sleeper.environment = environment();
  sleeper.dies_with_us = true;
  if (instrument_) {
    std::ranges::move(instrument_->environment("trial"), std::back_inserter(sleeper.environment));
  }
  const auto pid = start(sleeper);
  if (!pid) return std::unexpected(pid.error());
  service_ = {*pid, start_ticks(*pid).value_or(0)};
  return {};
}

Result<std::string> try_here(const TrialOf& trial, const fs::path& folder, bool sandboxed) {
  const FaultKind& kind = trial.kind;
  Ground ground(folder, trial.database, sandboxed);
  if (auto ready = ground.prepare(kind); !ready) {
    return std::unexpected(ready.error());
  }
  FaultSpec spec;
  spec.id = spec.kind = kind.name;
  spec.into = kind.target.empty() ? "" : "trial";
  spec.with = trial.with;
  auto injector = kind.make(spec, ground);
  if (!injector) return std::unexpected(injector.error());
  auto receipt = (*injector)->prepare();
  if (!receipt) return std::unexpected(receipt.error());
  const auto injected = (*injector)->inject(*receipt);
  std::string instead = (*injector)->state().value("instead", "");
  const auto reverted = (*injector)->revert(*receipt);
  if (!injected) return std::unexpected(injected.error());
  if (!reverted) return std::unexpected(reverted.error());
  return instead;
}

// What the trial's process wrote before it ended: nothing is good news.
std::string read_to_end(int pipe) {
  std::string text;
  char bytes[512];
  for (pollfd more{pipe, POLLIN, 0}; ::poll(&more, 1, patience_ms) == 1;) {
    const auto count = ::read(pipe, bytes, sizeof bytes);
    if (count <= 0) return text;
    text.append(bytes, static_cast<std::size_t>(count));
  }
  return "it did not come to an end";
}

Result<pid_t> fork_plain(const std::function<int()>& inside) {
  const pid_t pid = ::fork();
  if (pid < 0) return failure("{}", std::strerror(errno));
  if (pid == 0) ::_exit(inside());
  return pid;
}

}  // namespace

Result<std::string> try_fault(const TrialOf& trial, bool sandboxed) {
  const fs::path folder = make_ground();
  int pipe[2];
  REPRISE_REQUIRE(::pipe2(pipe, O_CLOEXEC) == 0);
  auto inside = [&] {
    const auto tried = try_here(trial, folder, sandboxed);
    const std::string text = tried ? std::string(works) + *tried : tried.error().text();
    (void)!::write(pipe[1], text.data(), text.size());
    return 0;
  };
  const auto child = sandboxed ? fork_sandboxed(inside) : fork_plain(inside);
  ::close(pipe[1]);
  std::string said;
  if (child) {
    said = read_to_end(pipe[0]);
    ::kill(*child, SIGKILL);
    while (::waitpid(*child, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  ::close(pipe[0]);
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  if (!child) return std::unexpected(child.error());
  if (said.starts_with(works)) return said.substr(works.size());
  return failure("{}", said.empty() ? "the program that tried it died" : said);
}

}  // namespace reprise
