// A drill's ledger: sequence-numbered writes through the system's own interface, and what reading
// them back found.
//
// It lies beside the journal, which records its hash: lines of text, numbers in decimal, instants
// in nanoseconds since the drill's start.
//   reprise-ledger 1
//   i N S MARK    entry N will be sent at S; MARK (hex) stands for its payload
//   a N A         it was acknowledged at A
//   f N A         it was surely refused         u N A   nobody knows
//   r T           a reading began at T          d T     it was whole at T
//   e N MARK      it found a copy of N          x       it found something that was never sent
// Ownership: plain values. Threads: any.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/error.h"
#include "harness/model/time.h"

namespace reprise {

enum class WriteOutcome : std::uint8_t { unknown, acknowledged, refused };

struct LedgerEntry {
  Duration sent{};      // s
  Duration answered{};  // a; as sent where no answer came
  std::uint64_t mark = 0;
  // In the last whole reading:
  std::uint16_t copies = 0;
  bool corrupted = false;  // a copy has another payload
  bool stale = false;      // missing from an earlier one that began after the acknowledgement
  WriteOutcome outcome = WriteOutcome::unknown;

  [[nodiscard]] bool acknowledged() const { return outcome == WriteOutcome::acknowledged; }
  [[nodiscard]] bool kept() const { return copies > 0; }
};

struct LedgerRecord {
  std::vector<LedgerEntry> entries;  // by number
  std::uint64_t strays = 0;          // found in the last whole reading, never sent
  int readings = 0;                  // whole ones
  bool settled = false;              // the last two found the same
  std::string problem;               // why nothing can be judged from it; empty when it can be
};

// What stands for a payload: the first 64 bits of its SHA-256.
[[nodiscard]] std::uint64_t payload_mark(std::string_view payload);

// A line that is none, or numbers out of order, are an error with the line's number; a last line
// without an end is left out.
[[nodiscard]] Result<LedgerRecord> parse_ledger(std::string_view text, const std::string& source);
// The same from a file, whose SHA-256 must be the one given.
[[nodiscard]] Result<LedgerRecord> read_ledger(const std::filesystem::path& path,
                                               const std::string& sha256);

}  // namespace reprise
