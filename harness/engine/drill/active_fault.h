// One round of one fault: prepare, receipt to the undo log, inject, confirm, revert; every move
// journaled. An object that dies before `heal` reverts on the spot.
//
// Ownership: the drill owns it. Threads: the engine thread; verbs run on the pool.
#pragma once

#include <memory>

#include "harness/engine/blocking.h"
#include "harness/engine/clock.h"
#include "harness/engine/injector.h"
#include "harness/engine/undo/undo_log.h"
#include "harness/journal/journal.h"

namespace reprise {

struct FaultContext {
  Clock& clock;
  Instant origin;
  Journal& journal;
  BlockingPool& pool;
  UndoLog& undo_log;
  const Plan& plan;
  const Surroundings& surroundings;
};

class ActiveFault {
 public:
  ActiveFault(const FaultContext& context, const FaultSpec& spec, int round);
  ActiveFault(const ActiveFault&) = delete;
  ActiveFault& operator=(const ActiveFault&) = delete;
  ~ActiveFault();

  // Ends with the fault in place; false when it could not be injected (the journal says why).
  boost::asio::awaitable<bool> inject();
  // Asks for evidence once, unless it is being healed; true when there is some (now or before).
  boost::asio::awaitable<bool> confirm();
  // Reverts; a second call does nothing. The journal tells of healing only for conditions.
  boost::asio::awaitable<void> heal();

  [[nodiscard]] Nature nature() const {
    return kind_ ? kind_->nature_with(spec_.with) : Nature::event;
  }
  // Something of it is still to be undone.
  [[nodiscard]] bool in_place() const { return entry_.has_value(); }
  [[nodiscard]] const FaultSpec& spec() const { return spec_; }

 private:
  boost::asio::awaitable<void> look();
  void note(std::string_view step, nlohmann::json fields = nlohmann::json::object());
  void note_at(Instant when, std::string_view step, nlohmann::json fields);
  // And compares what it leaves with what it found, which takes its time: healed it is before.
  Result<void> revert();
  void settle(const Result<void>& reverted);

  const FaultContext& context_;
  const FaultSpec& spec_;
  int round_;
  const FaultKind* kind_;
  std::unique_ptr<Injector> injector_;
  nlohmann::json receipt_;
  nlohmann::json before_;               // the fingerprint of its target
  nlohmann::json state_before_;         // and what its injector saw
  Instant reverted_at_{};               // this and the next are written by `revert`
  std::string changed_since_;           // by an event: what its target is now
  std::optional<std::uint64_t> entry_;  // in the undo log, while something is to be undone
  BlockingPool::Lane verbs_;            // one after another, also when a look is under way
  bool armed_ = false;
  bool healing_ = false;
  bool looking_ = false;
  bool bitten_ = false;
};

}  // namespace reprise
