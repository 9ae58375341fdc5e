// A condition: every process of the service is stopped where it stands and goes on at healing.
// Connections stay open and are accepted by the kernel, but nobody answers.
#include <algorithm>
#include <csignal>
#include <set>
#include <thread>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/receipt.h"
#include "injectors/signals.h"

namespace reprise {
namespace {

constexpr int most_rounds = 20;  // a tree that still forks after these is not going to stand still

class ProcessPause final : public Injector {
 public:
  ProcessPause(const FaultSpec& spec, const Surroundings& surroundings)
      : service_(spec.into), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    const auto first = surroundings_.process(service_);
    if (!first) return std::unexpected(first.error());
    auto tree = surroundings_.process_tree(service_);
    if (tree.empty()) tree.push_back(*first);
    auto processes = nlohmann::json::array();
    auto stood_still = nlohmann::json::array();
    for (const ProcessId& member : tree) {
      const auto state = read_process_state(member.pid);
      const bool stopped = state && state->state == 'T';
      (stopped ? stood_still : processes).push_back(process_receipt(member));
    }
    if (processes.empty()) return failure("{} is stopped already", service_);
    return nlohmann::json{
        {"service", service_}, {"processes", processes}, {"stood_still", stood_still}};
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    auto members = everyone(receipt);
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
      members = everyone(receipt);
      if (!members) return std::unexpected(members.error());
    }
    return failure("{} keeps starting processes and cannot be paused", service_);
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    const auto members = everyone(receipt);
    if (!members) return std::unexpected(members.error());
    // To all of them, stopped or not: SIGCONT also cancels a stop that is still on its way.
    for (const HeldProcess& member : *members) {
      const auto sent = member.signal(SIGCONT);
      if (!sent) return std::unexpected(sent.error());
    }
    const auto deadline = std::chrono::steady_clock::now() + 1s;
    for (const HeldProcess& member : *members) {
      while (member.stopped()) {
        if (std::chrono::steady_clock::now() > deadline) {
          return failure("process {} of {} is still stopped", member.pid(), service_);
        }
        std::this_thread::sleep_for(1ms);
      }
    }
    return {};
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
  // Who of the receipt still lives, and whoever descends from them; not those who stood still
  // before we came.
  static Result<std::vector<HeldProcess>> everyone(const nlohmann::json& receipt) {
    const auto named = receipt_field<std::vector<nlohmann::json>>(receipt, "processes");
    if (!named) return std::unexpected(named.error());
    const auto spared = receipt_field<std::vector<nlohmann::json>>(receipt, "stood_still");
    if (!spared) return std::unexpected(spared.error());
    std::set<pid_t> known;
    for (const nlohmann::json& process : *spared) {
      const auto held = HeldProcess::open(process);
      if (!held) return std::unexpected(held.error());
      if (*held) known.insert((*held)->pid());
    }
    std::vector<HeldProcess> found;
    for (const nlohmann::json& process : *named) {
      auto held = HeldProcess::open(process);
      if (!held) return std::unexpected(held.error());
      if (*held && known.insert((*held)->pid()).second) found.push_back(std::move(**held));
    }
    const std::size_t roots = found.size();
    for (std::size_t root = 0; root < roots; ++root) {
      for (const ProcessId& child : descendants(found[root].pid())) {
        if (known.contains(child.pid)) continue;
        auto held = HeldProcess::open(process_receipt(child));
        if (!held) return std::unexpected(held.error());
        if (*held && known.insert(child.pid).second) found.push_back(std::move(**held));
      }
    }
    return found;
  }

  std::string service_;
  const Surroundings& surroundings_;
  std::vector<HeldProcess> stopped_;
};

const Registered<FaultKind> registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "process_pause",
            .summary = "Stops every process of a service where it stands; healing lets it go on.",
            .options = Shape::object({}),
            .example = {{"inject", "process_pause"},
                        {"into", "server"},
                        {"with", nlohmann::json::object()},
                        {"at", "2s"},
                        {"for", "5s"}},
        },
        Nature::condition, Target::service},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      return std::make_unique<ProcessPause>(spec, surroundings);
    }}};

}  // namespace
}  // namespace reprise
