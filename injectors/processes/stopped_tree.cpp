#include "injectors/processes/stopped_tree.h"

#include <csignal>
#include <set>
#include <thread>

#include "injectors/receipts/receipt.h"

namespace reprise {

Result<nlohmann::json> stopped_tree_receipt(const Surroundings& surroundings,
                                            const std::string& service) {
  const auto first = surroundings.process(service);
  if (!first) return std::unexpected(first.error());
  auto tree = surroundings.process_tree(service);
  if (tree.empty()) tree.push_back(*first);
  auto processes = nlohmann::json::array();
  auto stood_still = nlohmann::json::array();
  for (const ProcessId& member : tree) {
    const auto state = read_process_state(member.pid);
    const bool stopped = state && state->state == 'T';
    (stopped ? stood_still : processes).push_back(process_receipt(member));
  }
  if (processes.empty()) return failure("{} is stopped already", service);
  return nlohmann::json{
      {"service", service}, {"processes", processes}, {"stood_still", stood_still}};
}

Result<std::vector<HeldProcess>> stopped_tree(const nlohmann::json& receipt) {
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

Result<void> let_go_on(const std::vector<HeldProcess>& members) {
  // To all of them, stopped or not: SIGCONT also cancels a stop that is still on its way.
  for (const HeldProcess& member : members) {
    const auto sent = member.signal(SIGCONT);
    if (!sent) return std::unexpected(sent.error());
  }
  const auto deadline = std::chrono::steady_clock::now() + 1s;
  for (const HeldProcess& member : members) {
    while (member.stopped()) {
      if (std::chrono::steady_clock::now() > deadline) {
        return failure("process {} is still stopped", member.pid());
      }
      std::this_thread::sleep_for(1ms);
    }
  }
  return {};
}

}  // namespace reprise
