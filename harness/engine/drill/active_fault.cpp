#include "harness/engine/drill/active_fault.h"

#include "harness/engine/site/fingerprint.h"
#include "harness/engine/targets/target_kind.h"
#include "harness/model/registry.h"

namespace reprise {

ActiveFault::ActiveFault(const FaultContext& context, const FaultSpec& spec, int round)
    : context_(context),
      spec_(spec),
      round_(round),
      kind_(Registry<FaultKind>::find(spec.kind)),
      verbs_(context.pool) {}

ActiveFault::~ActiveFault() {
  if (!entry_) return;
  settle(revert());
}

Result<void> ActiveFault::revert() {
  auto reverted = injector_->revert(receipt_);
  reverted_at_ = context_.clock.now();
  if (!reverted) return reverted;
  auto changed = differences(before_, nature());
  std::ranges::move(differences_of_states(state_before_, injector_->state()),
                    std::back_inserter(changed));
  if (changed.empty()) return {};
  const auto what = fmt::format("{}", fmt::join(changed, "; "));
  if (nature() == Nature::condition) return failure("reverted, but {}", what);
  // An event has happened: what the system made of it is its own work.
  changed_since_ = what;
  return {};
}

void ActiveFault::note_at(Instant when, std::string_view step, nlohmann::json fields) {
  fields["fault"] = spec_.id;
  fields["kind"] = spec_.kind;
  fields["into"] = spec_.into;
  fields["round"] = round_;
  fields["step"] = step;
  context_.journal.write_at(when - context_.origin, "fault", std::move(fields));
}

void ActiveFault::note(std::string_view step, nlohmann::json fields) {
  note_at(context_.clock.now(), step, std::move(fields));
}

boost::asio::awaitable<bool> ActiveFault::inject() {
  if (!kind_) {
    note("failed", {{"why", "this program knows no such fault"}});
    co_return false;
  }
  auto made = kind_->make(spec_, context_.surroundings);
  if (!made) {
    note("failed", {{"why", made.error().text()}});
    co_return false;
  }
  injector_ = std::move(*made);
  auto look = [this] {
    before_ = fingerprint(context_.surroundings, kind_->target, spec_.into, nature());
    auto prepared = injector_->prepare();
    if (prepared) state_before_ = injector_->state();
    return prepared;
  };
  auto receipt = co_await verbs_.run(look);
  if (!receipt) {
    note("failed", {{"why", receipt.error().text()}});
    co_return false;
  }
  receipt_ = std::move(*receipt);
  const bool lasts = nature() == Nature::condition;
  note("preparing", {{"receipt", receipt_}, {"lasting", lasts ? "condition" : "event"}});
  const TargetKind* target = Registry<TargetKind>::find(kind_->target);
  const bool dies_with_drill = target && target->dies_with_drill(context_.plan, spec_.into);
  auto entry = context_.undo_log.arm(spec_, receipt_, dies_with_drill);
  if (!entry) {
    // Without a synced receipt nothing may be touched.
    note("failed", {{"why", entry.error().text()}});
    co_return false;
  }
  entry_ = *entry;
  note("injecting");
  Instant done;
  auto act = [&] {
    auto injected = injector_->inject(receipt_);
    done = context_.clock.now();
    return injected;
  };
  auto injected = co_await verbs_.run(act);
  if (!injected) {
    note("failed", {{"why", injected.error().text()}});
    co_await heal();
    co_return false;
  }
  armed_ = true;
  note_at(done, "armed", nlohmann::json::object());
  co_return true;
}

boost::asio::awaitable<bool> ActiveFault::confirm() {
  if (!bitten_ && !healing_) co_await look();
  co_return bitten_;
}

boost::asio::awaitable<void> ActiveFault::look() {
  auto confirm = [this] { return injector_->confirm(); };
  looking_ = true;
  auto bite = co_await verbs_.run(confirm);
  looking_ = false;
  if (!bite || bitten_) co_return;
  bitten_ = true;
  nlohmann::json fields{{"at", (bite->at - context_.origin).count()}, {"evidence", bite->evidence}};
  note("bit", std::move(fields));
}

boost::asio::awaitable<void> ActiveFault::heal() {
  if (!entry_) co_return;
  healing_ = true;
  // A victim between the last look and the healing counts. A look under way is the last: the lane
  // has it end before the revert, and one more would keep the fault in place for as long again.
  if (armed_ && !bitten_ && !looking_) co_await look();
  const bool tell = armed_ && nature() == Nature::condition;
  if (tell) note("healing");
  auto undo = [this] { return revert(); };
  auto reverted = co_await verbs_.run(undo);
  if (tell && reverted) note_at(reverted_at_, "healed", nlohmann::json::object());
  settle(reverted);
}

void ActiveFault::settle(const Result<void>& reverted) {
  if (!reverted) {
    // The entry stays in the log: the guardian and `reprise undo` try again.
    note("undo-failed", {{"why", reverted.error().text()}});
  } else {
    (void)context_.undo_log.done(*entry_);
    if (armed_ && !changed_since_.empty()) note("changed-since", {{"what", changed_since_}});
  }
  entry_.reset();
}

}  // namespace reprise
