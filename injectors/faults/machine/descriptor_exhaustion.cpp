// A condition: the service may open nothing more, or `spare` descriptors more: accept, open and
// socket fail with EMFILE, as in a program that leaks descriptors or has too many clients.
//
// The soft limit of each of its processes is lowered below what they already have open, which stays
// open; the hard limit is not touched, so raising the soft one again needs no privilege. A process
// born meanwhile inherits the lowered limit and gets its parent's former one at healing.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ranges>
#include <set>
#include <sstream>

#include <sys/resource.h>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/processes/held_process.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

std::set<rlim_t> open_descriptors(pid_t pid) {
  std::set<rlim_t> numbers;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(fmt::format("/proc/{}/fd", pid), error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    rlim_t number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    numbers.insert(number);
  }
  return numbers;
}

// A limit is on the numbers that descriptors have: the one below which so many are free.
rlim_t limit_that_spares(const std::set<rlim_t>& open, rlim_t spare) {
  rlim_t limit = 0;
  for (rlim_t free = 0; free < spare || open.contains(limit); ++limit) {
    if (!open.contains(limit)) ++free;
  }
  return limit;
}

// As anybody may read it: "Max open files   1024   524288   files".
std::optional<rlim_t> soft_limit(pid_t pid) {
  constexpr std::string_view field = "Max open files";
  std::ifstream file(fmt::format("/proc/{}/limits", pid));
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(field)) continue;
    std::istringstream rest(line.substr(field.size()));
    rlim_t soft = 0;
    if (rest >> soft) return soft;
  }
  return std::nullopt;
}

// The soft limit of a process that is held, from one value to another. A process that has another
// limit by now has set it itself, and keeps it.
Result<void> change_limit(const HeldProcess& process, rlim_t from, rlim_t to) {
  rlimit limit{};
  if (::prlimit(process.pid(), RLIMIT_NOFILE, nullptr, &limit) != 0) {
    if (errno == ESRCH) return {};
    return failure("cannot look at the limits of process {}: {}", process.pid(),
                   std::strerror(errno));
  }
  const rlimit wanted{std::min(to, limit.rlim_max), limit.rlim_max};
  // prlimit takes a number; as long as its process has not ended the number is its own.
  if (limit.rlim_cur != from || process.ended()) return {};
  if (::prlimit(process.pid(), RLIMIT_NOFILE, &wanted, nullptr) == 0 || errno == ESRCH) return {};
  return failure("cannot limit process {}: {}", process.pid(), std::strerror(errno));
}

struct Limited {
  HeldProcess process;
  rlim_t former;
  rlim_t lowered;
};

Result<std::vector<Limited>> limited_processes(const nlohmann::json& receipt) {
  const auto named = receipt_field<std::vector<nlohmann::json>>(receipt, "processes");
  if (!named) return std::unexpected(named.error());
  std::vector<Limited> found;
  for (const nlohmann::json& process : *named) {
    const auto former = receipt_field<rlim_t>(process, "former");
    if (!former) return std::unexpected(former.error());
    const auto lowered = receipt_field<rlim_t>(process, "lowered");
    if (!lowered) return std::unexpected(lowered.error());
    auto held = HeldProcess::open(process);
    if (!held) return std::unexpected(held.error());
    if (*held) found.push_back({std::move(**held), *former, *lowered});
  }
  return found;
}

class DescriptorExhaustion final : public Injector {
 public:
  DescriptorExhaustion(const FaultSpec& spec, const Surroundings& surroundings)
      : service_(spec.into),
        spare_(spec.with.value("spare", rlim_t{0})),
        surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    const auto first = surroundings_.process(service_);
    if (!first) return std::unexpected(first.error());
    auto tree = surroundings_.process_tree(service_);
    if (tree.empty()) tree.push_back(*first);
    auto processes = nlohmann::json::array();
    for (const ProcessId& member : tree) {
      rlimit limit{};
      if (::prlimit(member.pid, RLIMIT_NOFILE, nullptr, &limit) != 0) {
        if (errno == ESRCH) continue;
        return failure("process {} of {} cannot be limited: {}", member.pid, service_,
                       std::strerror(errno));
      }
      const rlim_t lowered = limit_that_spares(open_descriptors(member.pid), spare_);
      // One that may open no more as it is has nothing to lose.
      if (lowered >= limit.rlim_cur) continue;
      nlohmann::json process = process_receipt(member);
      process["former"] = limit.rlim_cur;
      process["lowered"] = lowered;
      processes.push_back(std::move(process));
    }
    if (processes.empty()) {
      return failure("no process of {} may open more than {} descriptors as it is", service_,
                     spare_);
    }
    return nlohmann::json{{"service", service_}, {"processes", processes}};
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    auto limited = limited_processes(receipt);
    if (!limited) return std::unexpected(limited.error());
    if (limited->empty()) return failure("{} had ended when it was to be limited", service_);
    for (const Limited& one : *limited) {
      if (auto done = change_limit(one.process, one.former, one.lowered); !done) return done;
    }
    limited_ = std::move(*limited);
    return {};
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    limited_.clear();
    const auto limited = limited_processes(receipt);
    if (!limited) return std::unexpected(limited.error());
    for (const Limited& one : *limited) {
      // Parents first: from then on no child is born with the lowered limit.
      if (auto done = change_limit(one.process, one.lowered, one.former); !done) return done;
    }
    // The nearest parent last in the list: its former limit is the one that a child would have had.
    for (const Limited& one : std::views::reverse(*limited)) {
      for (const ProcessId& child : descendants(one.process.pid())) {
        const auto held = HeldProcess::open(process_receipt(child));
        if (!held) return std::unexpected(held.error());
        if (!*held) continue;
        if (auto done = change_limit(**held, one.lowered, one.former); !done) return done;
      }
    }
    return {};
  }

  std::optional<Bite> confirm() override {
    for (const Limited& one : limited_) {
      const pid_t pid = one.process.pid();
      if (one.process.ended() || soft_limit(pid) != one.lowered) continue;
      const auto open = open_descriptors(pid);
      // Whoever has some left has lost nothing yet.
      if (open.empty() || limit_that_spares(open, 0) < one.lowered) continue;
      return Bite{surroundings_.now(),
                  fmt::format("process {} has {} descriptors open and none left below its limit "
                              "of {}, formerly {}",
                              pid, open.size(), one.lowered, one.former)};
    }
    return std::nullopt;
  }

 private:
  std::string service_;
  rlim_t spare_;
  const Surroundings& surroundings_;
  std::vector<Limited> limited_;
};

const Registered<FaultKind> descriptor_exhaustion_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "descriptor_exhaustion",
            .summary = "Leaves a service no file descriptors: it can accept, open and connect "
                       "nothing more.",
            .options = Shape::object(
                {{.name = "spare",
                  .shape = Shape::integer(0, 1'000'000),
                  .doc = "How many descriptors each of its processes may still open; default 0. "
                         "There is evidence only when one of them has used them up."}}),
            .example = {{"inject", "descriptor_exhaustion"},
                        {"into", "server"},
                        {"with", {{"spare", 4}}},
                        {"at", "2s"},
                        {"for", "5s"}},
        },
        Nature::condition, Target::service},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      return std::make_unique<DescriptorExhaustion>(spec, surroundings);
    }}};

}  // namespace
}  // namespace reprise
