// An event: the service's first process, or its whole tree, is killed without warning. Bringing it
// back is the system's work, so there is nothing to undo.
#include <algorithm>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/processes/held_process.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

class ProcessKill final : public Injector {
 public:
  ProcessKill(const FaultSpec& spec, const Surroundings& surroundings)
      : service_(spec.into),
        signal_(spec.with.value("signal", "KILL")),
        tree_(spec.with.value("which", "first") == "tree"),
        surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    auto targets = find_targets();
    if (!targets) return std::unexpected(targets.error());
    auto processes = nlohmann::json::array();
    for (const ProcessId& target : *targets) processes.push_back(process_receipt(target));
    return nlohmann::json{{"service", service_}, {"signal", signal_}, {"processes", processes}};
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    auto processes = receipt_field<std::vector<nlohmann::json>>(receipt, "processes");
    if (!processes) return std::unexpected(processes.error());
    if (tree_) add_younger_children(*processes);
    killed_.clear();
    // Parents first, so that none replaces a child that we have just killed.
    for (const nlohmann::json& process : *processes) {
      auto held = HeldProcess::open(process);
      if (!held) return std::unexpected(held.error());
      if (!*held) continue;
      const auto sent = (*held)->signal(signal_number(signal_));
      if (!sent) return std::unexpected(sent.error());
      if (*sent) killed_.push_back(std::move(**held));
    }
    if (killed_.empty()) {
      return failure("{} had already ended when it was to be killed", service_);
    }
    return {};
  }

  Result<void> revert(const nlohmann::json&) override { return {}; }

  std::optional<Bite> confirm() override {
    if (killed_.empty()) return std::nullopt;
    if (!std::ranges::all_of(killed_, &HeldProcess::ended)) return std::nullopt;
    const Instant now = surroundings_.now();
    const pid_t first = killed_.front().pid();
    if (killed_.size() == 1) return Bite{now, fmt::format("process {} is gone", first)};
    return Bite{now, fmt::format("process {} and {} below it are gone", first, killed_.size() - 1)};
  }

 private:
  Result<std::vector<ProcessId>> find_targets() const {
    auto first = surroundings_.process(service_);
    if (!first) return std::unexpected(first.error());
    if (!tree_) return std::vector{*first};
    auto tree = surroundings_.process_tree(service_);
    if (tree.empty()) tree.push_back(*first);
    return tree;
  }

  // Born since prepare. Nothing about a kill is undone, so the receipt need not know them.
  void add_younger_children(std::vector<nlohmann::json>& processes) const {
    for (const ProcessId& member : surroundings_.process_tree(service_)) {
      nlohmann::json process = process_receipt(member);
      if (std::ranges::find(processes, process) == processes.end()) {
        processes.push_back(std::move(process));
      }
    }
  }

  std::string service_;
  std::string signal_;
  bool tree_;
  const Surroundings& surroundings_;
  std::vector<HeldProcess> killed_;
};

const Registered<FaultKind> process_kill_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "process_kill",
            .summary = "Kills a service's process, or its whole process tree, without warning.",
            .options = Shape::object(
                {{.name = "signal",
                  .shape =
                      Shape::choice({"KILL", "TERM", "INT", "QUIT", "HUP", "ABRT", "SEGV", "BUS"}),
                  .doc = "The signal to send; default KILL."},
                 {.name = "which",
                  .shape = Shape::choice({"first", "tree"}),
                  .doc = "The service's first process only, or every process below it as well; "
                         "default first."}}),
            .example = {{"inject", "process_kill"},
                        {"into", "server"},
                        {"with", {{"which", "tree"}}},
                        {"at", "2s"}},
        },
        Nature::event, Target::service},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      return std::make_unique<ProcessKill>(spec, surroundings);
    }}};

}  // namespace
}  // namespace reprise
