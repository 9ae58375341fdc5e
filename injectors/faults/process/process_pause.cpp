// A condition: every process of the service is stopped where it stands, by a signal or by a tracer,
// and goes on at healing.
// Connections stay open and are accepted by the kernel, but nobody answers.
#include <algorithm>
#include <csignal>
#include <set>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/processes/ptrace_pause.h"
#include "injectors/processes/stopped_tree.h"

namespace reprise {
namespace {

constexpr int most_rounds = 20;  // a tree that still forks after these is not going to stand still

class ProcessPause final : public Injector {
 public:
  ProcessPause(const FaultSpec& spec, const Surroundings& surroundings)
      : service_(spec.into), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    return stopped_tree_receipt(surroundings_, service_);
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    auto members = stopped_tree(receipt);
    if (!members) return std::unexpected(members.error());
    if (members->empty()) return failure("{} had ended when it was to be paused", service_);
    stopped_.clear();
    std::set<pid_t> done;
    // Children that are born while their parent is being stopped are found in the next round, and
    // again by the revert: both walk down from the processes in the receipt.
    for (int round = 0; round < most_rounds; ++round) {
      bool grew = false;
      for (HeldProcess& member : *members) {
        if (!done.insert(member.pid()).second) continue;
        const auto sent = member.signal(SIGSTOP);
        if (!sent) return std::unexpected(sent.error());
        grew = true;
        stopped_.push_back(std::move(member));
      }
      if (!grew) return {};
      members = stopped_tree(receipt);
      if (!members) return std::unexpected(members.error());
    }
    return failure("{} keeps starting processes and cannot be paused", service_);
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    const auto members = stopped_tree(receipt);
    if (!members) return std::unexpected(members.error());
    return let_go_on(*members);
  }

  std::optional<Bite> confirm() override {
    std::erase_if(stopped_, [](const HeldProcess& process) { return process.ended(); });
    if (stopped_.empty()) return std::nullopt;
    if (!std::ranges::all_of(stopped_, &HeldProcess::stopped)) return std::nullopt;
    const pid_t first = stopped_.front().pid();
    if (stopped_.size() == 1) {
      return Bite{surroundings_.now(), fmt::format("process {} is stopped (state T)", first)};
    }
    return Bite{surroundings_.now(), fmt::format("process {} and {} below it are stopped (state T)",
                                                 first, stopped_.size() - 1)};
  }

 private:
  std::string service_;
  const Surroundings& surroundings_;
  std::vector<HeldProcess> stopped_;
};

Result<std::unique_ptr<Injector>> make_process_pause(const FaultSpec& spec,
                                                     const Surroundings& surroundings) {
  if (spec.with.value("by", "signal") == "ptrace") return ptrace_pause(spec, surroundings);
  return std::make_unique<ProcessPause>(spec, surroundings);
}

FaultKind process_pause_kind() {
  FaultKind pause{
      FaultInfo{
          KindInfo{
              .name = "process_pause",
              .summary = "Stops every process of a service where it stands; healing lets it go on.",
              .options = Shape::object(
                  {{.name = "by",
                    .shape = Shape::choice({"signal", "ptrace"}),
                    .doc = "ptrace: the kernel itself lets the service go on should this program "
                           "die; default signal (SIGSTOP)."}}),
              .example = {{"inject", "process_pause"},
                          {"into", "server"},
                          {"with", nlohmann::json::object()},
                          {"at", "2s"},
                          {"for", "5s"}},
          },
          Nature::condition, Target::service},
      make_process_pause};
  pause.variants = {{{"by", "ptrace"}}};
  return pause;
}

const Registered<FaultKind> process_pause_registered{process_pause_kind()};

}  // namespace
}  // namespace reprise
