// One ledger of a running drill: writes numbered entries on a schedule, from several clients, and
// reads them back when everything is healed. It judges nothing.
//
// An entry's key is LEDGER-RUN-NUMBER, where RUN tells this drill from any other that wrote to the
// same place; its payload is nine digits that come from the drill's seed.
// Ownership: the drill owns it; `stop` must have returned before it is destroyed. Threads: the
// engine thread.
#pragma once

#include <memory>
#include <random>
#include <vector>

#include "harness/engine/clock.h"
#include "harness/engine/event.h"
#include "harness/engine/site/entry_surroundings.h"
#include "harness/journal/journal.h"
#include "harness/journal/ledger_file.h"
#include "harness/observe/ledger_reader.h"

namespace reprise {

struct LedgerParts {
  boost::asio::any_io_executor executor;
  Clock& clock;
  Journal& journal;
  BlockingPool& pool;
  const Surroundings& surroundings;
  Instant origin;  // journal time 0
  std::uint64_t seed;
};

class LedgerRun {
 public:
  // `path`: of the ledger's file, beside the journal.
  static Result<std::unique_ptr<LedgerRun>> open(const LedgerSpec& spec, LedgerParts parts,
                                                 const std::filesystem::path& path);
  void start();
  // Waits for what is in flight; nothing is written any more.
  boost::asio::awaitable<void> stop();
  // Reads until two whole readings agree, and tells the journal.
  boost::asio::awaitable<void> read_back();

 private:
  struct Client {
    explicit Client(const Surroundings& drill) : surroundings(drill) {}
    EntrySurroundings surroundings;
    std::unique_ptr<Probe> probe;
  };

  LedgerRun(LedgerSpec spec, LedgerParts parts, LedgerFile file, std::filesystem::path path);
  Result<void> make_clients();
  boost::asio::awaitable<void> write_on(Client& client, Instant first);
  boost::asio::awaitable<void> write_entry(Client& client);
  [[nodiscard]] WriteOutcome outcome_of(const Observation& seen) const;
  // An error says why the reading broke off.
  boost::asio::awaitable<Result<std::vector<FoundEntry>>> read(Instant deadline);
  void note(const std::vector<FoundEntry>& found);
  [[nodiscard]] Duration since_start() const { return parts_.clock.now() - parts_.origin; }

  LedgerSpec spec_;
  LedgerParts parts_;
  LedgerFile file_;
  std::filesystem::path path_;
  std::string prefix_;
  std::mt19937_64 random_;
  std::optional<Expectation> acknowledged_;
  std::vector<std::unique_ptr<Client>> clients_;
  bool stopping_ = false;
  int running_ = 0;
  Event changed_;
};

}  // namespace reprise
