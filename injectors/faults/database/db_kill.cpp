// An event: the first process of a PostgreSQL server is killed without warning, found by the data
// folder that the server names. Its children notice and end; starting it again is the system's
// work, so a server that is not this drill's own is refused: nobody would.
#include <csignal>
#include <filesystem>
#include <fstream>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/processes/held_process.h"
#include "injectors/receipts/receipt.h"
#include "injectors/servers/server_receipt.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

class DbKill final : public Injector {
 public:
  DbKill(const FaultSpec& spec, const Surroundings& surroundings)
      : name_(spec.into), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    auto session = AdminSession::of_plan(surroundings_, name_);
    if (!session) return std::unexpected(session.error());
    const auto server = ServerReceipt::of(*session, surroundings_);
    if (server.data.empty()) return failure("{} does not say where its data folder is", name_);
    if (!server.of_the_drill()) {
      return failure("the data of {} in {} are not this drill's own: nobody would start it again",
                     name_, server.data);
    }
    const auto process = first_process(server.data);
    if (!process) return std::unexpected(process.error());
    return nlohmann::json{{"process", process_receipt(*process)}};
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    killed_.reset();
    const auto process = receipt_field<nlohmann::json>(receipt, "process");
    if (!process) return std::unexpected(process.error());
    auto held = HeldProcess::open(*process);
    if (!held) return std::unexpected(held.error());
    if (!*held) return failure("{} had already ended when it was to be killed", name_);
    const auto sent = (*held)->signal(SIGKILL);
    if (!sent) return std::unexpected(sent.error());
    if (*sent) killed_ = std::move(**held);
    return {};
  }

  Result<void> revert(const nlohmann::json&) override { return {}; }

  std::optional<Bite> confirm() override {
    if (!killed_ || !killed_->ended()) return std::nullopt;
    return Bite{surroundings_.now(),
                fmt::format("the server of {}, process {}, is gone", name_, killed_->pid())};
  }

 private:
  // The server works in its data folder: a pid file left by an earlier one leads to nobody.
  [[nodiscard]] Result<ProcessId> first_process(const std::string& data) const {
    pid_t pid = 0;
    std::ifstream(fs::path(data) / "postmaster.pid") >> pid;
    std::error_code error;
    const auto place = fs::read_symlink(fmt::format("/proc/{}/cwd", pid), error);
    const bool there = pid > 0 && !error && fs::equivalent(place, data, error) && !error;
    const auto start = there ? start_ticks(pid) : std::nullopt;
    if (!start) return failure("the server of {} is no process that can be seen from here", name_);
    return ProcessId{pid, *start};
  }

  std::string name_;
  const Surroundings& surroundings_;
  std::optional<HeldProcess> killed_;
};

const Registered<FaultKind> db_kill_registered{FaultKind{
    FaultInfo{
        KindInfo{.name = "db_kill",
                 .summary = "Kills the server of a PostgreSQL database of this drill, without "
                            "warning.",
                 .options = Shape::object({}),
                 .example = {{"inject", "db_kill"}, {"into", "history"}, {"at", "2s"}},
                 .server = "postgresql"},
        Nature::event, Target::database},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      return std::make_unique<DbKill>(spec, surroundings);
    }}};

}  // namespace
}  // namespace reprise
