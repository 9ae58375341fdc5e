// A condition: the service gets a share of its time only. Ten times a second its whole process tree
// is stopped (SIGSTOP) and let go on (SIGCONT), as on a machine whose processor others have taken.
//
// A program that is killed between the two leaves the tree stopped; the receipt names it, so that
// whoever undoes lets it go on. A service that was started anew meanwhile is not in the receipt: it
// belongs to the drill and ends with it.
#include <csignal>
#include <mutex>
#include <set>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/processes/repeating.h"
#include "injectors/processes/stopped_tree.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

constexpr Duration slow_period = 100ms;
// Looking for new processes reads all of /proc, so it is not done in every period.
constexpr int periods_between_looks = 10;

class ProcessSlow final : public Injector {
 public:
  ProcessSlow(const FaultSpec& spec, const Surroundings& surroundings, double share)
      : service_(spec.into),
        running_(std::chrono::round<Duration>(share * slow_period)),
        surroundings_(surroundings) {}
  ~ProcessSlow() override { (void)let_all_go_on(); }

  Result<nlohmann::json> prepare() override {
    return stopped_tree_receipt(surroundings_, service_);
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    auto members = stopped_tree(receipt);
    if (!members) return std::unexpected(members.error());
    if (members->empty()) return failure("{} had ended when it was to be slowed down", service_);
    const auto spared = receipt_field<std::vector<nlohmann::json>>(receipt, "stood_still");
    if (!spared) return std::unexpected(spared.error());
    known_ = {spared->begin(), spared->end()};
    // Once here, so that a process that must not be stopped is an error and no silence.
    for (const HeldProcess& member : *members) {
      const auto sent = member.signal(SIGSTOP);
      if (!sent) return std::unexpected(sent.error());
    }
    members_ = std::move(*members);
    standing_ = false;
    pace_.start([this] { return standing_ ? go_on() : stand_still(); });
    return {};
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    if (auto done = let_all_go_on(); !done) return done;
    {
      const std::scoped_lock lock(mutex_);
      seen_.reset();
    }
    const auto members = stopped_tree(receipt);
    if (!members) return std::unexpected(members.error());
    return let_go_on(*members);
  }

  std::optional<Bite> confirm() override {
    const std::scoped_lock lock(mutex_);
    return seen_;
  }

 private:
  Result<void> let_all_go_on() {
    pace_.stop();
    return let_go_on(std::exchange(members_, {}));
  }

  Duration stand_still() {
    if (++periods_ % periods_between_looks == 0) find_new_members();
    for (const HeldProcess& member : members_) (void)member.signal(SIGSTOP);
    standing_ = true;
    return slow_period - running_;
  }

  Duration go_on() {
    look_for_evidence();
    for (const HeldProcess& member : members_) (void)member.signal(SIGCONT);
    standing_ = false;
    return running_;
  }

  void find_new_members() {
    std::erase_if(members_, &HeldProcess::ended);
    for (const ProcessId& process : surroundings_.process_tree(service_)) {
      const nlohmann::json named = process_receipt(process);
      if (known_.contains(named)) continue;
      const auto is_it = [&](const HeldProcess& member) { return member.pid() == process.pid; };
      if (std::ranges::any_of(members_, is_it)) continue;
      auto held = HeldProcess::open(named);
      if (held && *held) members_.push_back(std::move(**held));
    }
  }

  void look_for_evidence() {
    const std::scoped_lock lock(mutex_);
    if (seen_) return;
    const auto stopped = std::ranges::find_if(members_, &HeldProcess::stopped);
    if (stopped == members_.end()) return;
    seen_ = Bite{
        surroundings_.now(),
        fmt::format("process {} was seen stopped (state T), as for {} of every {}", stopped->pid(),
                    format_duration(slow_period - running_), format_duration(slow_period))};
  }

  std::string service_;
  Duration running_;
  const Surroundings& surroundings_;
  std::set<nlohmann::json> known_;  // those who stood still before we came
  std::vector<HeldProcess> members_;
  bool standing_ = false;
  int periods_ = 0;
  std::mutex mutex_;
  std::optional<Bite> seen_;  // guarded by mutex_
  Repeating pace_;
};

Result<std::unique_ptr<Injector>> make_process_slow(const FaultSpec& spec,
                                                    const Surroundings& surroundings) {
  const auto share = parse_percentage(spec.with.value("share", "20%"));
  if (!share) return std::unexpected(share.error());
  if (*share < 0.01) return failure("`share` is at least 1%; process_pause stops a service wholly");
  if (*share > 0.99) return failure("`share` is at most 99%: with more nothing is slowed down");
  return std::make_unique<ProcessSlow>(spec, surroundings, *share);
}

const Registered<FaultKind> process_slow_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "process_slow",
            .summary = "Gives a service's processes a share of their time only: ten times a second "
                       "they are stopped for the rest of it.",
            .options = Shape::object(
                {{.name = "share",
                  .shape = Shape::percentage(),
                  .doc = "How much of its time is left to the service, 1% to 99%; default 20%."}}),
            .example = {{"inject", "process_slow"},
                        {"into", "server"},
                        {"with", {{"share", "10%"}}},
                        {"at", "2s"},
                        {"for", "5s"}},
        },
        Nature::condition, Target::service},
    make_process_slow}};

}  // namespace
}  // namespace reprise
