// What a service prints, on its way to the journal: of a long line the beginning is kept, a flood
// is counted. What is not kept has been searched for the patterns that anybody asks about.
//
// Ownership: the runner of the service owns it. Threads: the engine thread, but for `search`.
#pragma once

#include <optional>
#include <string>

#include "harness/engine/clock.h"
#include "harness/engine/drill/log_patterns.h"
#include "harness/engine/site/site.h"
#include "harness/journal/journal.h"

namespace reprise {

class ServiceLog {
 public:
  ServiceLog(std::string service, const Clock& clock, Journal& journal, Site& site,
             std::vector<LogPattern> patterns);

  // Any thread: a very long line is better searched elsewhere, and handed over with the answer.
  [[nodiscard]] LogSearch search(const PrintedLine& line) const;
  void add(std::string_view stream, const PrintedLine& line,
           std::optional<LogSearch> searched = std::nullopt);
  // Says how many lines were left out, if any were.
  void note_left_out();
  // Lines are being left out now: whoever reads may take its time.
  [[nodiscard]] bool flooded() const { return left_out_ > 0; }
  // How much of it: a burst is read nearly as fast as it is printed, or the service would be slow.
  [[nodiscard]] Duration breath() const;

 private:
  bool affordable(std::size_t bytes);
  void leave_out(const PrintedLine& line, std::optional<LogSearch> searched);
  void write(std::string_view stream, Printed printed);

  std::string service_;
  const Clock& clock_;
  Journal& journal_;
  Site& site_;
  std::vector<LogPattern> patterns_;
  double lines_;  // allowances that fill up with time
  double bytes_;
  Instant filled_;
  std::size_t left_out_ = 0;
  LogSearch left_out_search_;
  std::size_t left_out_bytes_ = 0;  // of the whole drill
};

}  // namespace reprise
