// What a service prints, on its way to the journal; a flood is counted instead of kept.
//
// Ownership: the runner of the service owns it. Threads: the engine thread.
#pragma once

#include <string>

#include "harness/engine/clock.h"
#include "harness/engine/site.h"
#include "harness/journal/journal.h"

namespace reprise {

class ServiceLog {
 public:
  ServiceLog(std::string service, const Clock& clock, Journal& journal, Site& site);

  void add(std::string_view stream, std::string line);
  // Says how many lines were left out, if any were.
  void note_left_out();
  // Lines are being left out now: whoever reads may take its time.
  [[nodiscard]] bool flooded() const { return left_out_ > 0; }

 private:
  bool affordable(std::size_t bytes);
  // `left_out`: how many lines this one stands for; none for a line that was printed.
  void write(std::string_view stream, std::string line, std::size_t left_out = 0);

  std::string service_;
  const Clock& clock_;
  Journal& journal_;
  Site& site_;
  double lines_;  // allowances that fill up with time
  double bytes_;
  Instant filled_;
  std::size_t left_out_ = 0;
};

}  // namespace reprise
