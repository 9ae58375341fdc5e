// A ledger of which everything is known: what was sent, what came back, what each reading found,
// and the failure; made at random, and as the file that the harness writes of it.
//
// Ownership: plain values. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/model/time.h"

namespace reprise::testing {

struct ToldWrite {
  Duration sent{};
  // a acknowledged, f surely refused, u unknown; 0: no answer was noted.
  char answer = 0;
  Duration answered{};
  std::uint64_t mark = 0;
};

struct ToldCopy {
  std::size_t entry = 0;
  std::uint64_t mark = 0;
};

struct ToldReading {
  Duration begun{}, ended{};
  bool whole = true;  // else it broke off
  std::vector<ToldCopy> found;
  std::uint64_t strays = 0;
};

struct ToldLedger {
  std::vector<ToldWrite> writes;
  std::vector<ToldReading> readings;
  std::string torn;  // a last line without its end: the drill was killed
  Duration commanded{}, armed{};
  std::optional<Duration> over;
  unsigned allowed = 1;  // copies of an entry
};

// Instants are small numbers, so that every tie comes about.
[[nodiscard]] ToldLedger random_ledger(std::uint64_t seed);

// The text of its file, in the order in which it happened.
[[nodiscard]] std::string file_of(const ToldLedger& told);

}  // namespace reprise::testing
