// Reads a ledger back through an interface of the system: everything that it holds, at once.
//
// Kinds register themselves, one .cpp each in observe/ (read_*.cpp).
// Ownership: the drill owns readers. Threads: the engine thread.
#pragma once

#include <compare>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/observe/probe.h"

namespace reprise {

// One copy of one entry, or something else that lies in the same place.
struct FoundEntry {
  std::string key, payload;
  auto operator<=>(const FoundEntry&) const = default;
};

class LedgerReader {
 public:
  virtual ~LedgerReader() = default;
  // Over a fresh connection. Everything or an error, never a part.
  virtual boost::asio::awaitable<Result<std::vector<FoundEntry>>> read(Instant deadline) = 0;
};

struct ReaderKind : KindInfo {
  // `options` fits the kind's Shape. The surroundings of the context know ${entry.prefix}.
  std::function<Result<std::unique_ptr<LedgerReader>>(const nlohmann::json& options,
                                                      const ProbeContext& context)>
      make;
};

}  // namespace reprise
