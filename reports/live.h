// What the live views have in common: following one drill's events, and saying them.
//
// Ownership: values. Threads: one at a time.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "harness/judge/report.h"
#include "reports/series.h"

namespace reprise {

// The state of one running drill, as far as its journal has told.
class Followed {
 public:
  void take(const nlohmann::json& event);

  [[nodiscard]] const std::string& phase() const { return phase_; }
  [[nodiscard]] Duration at() const { return at_; }  // of the last event
  [[nodiscard]] std::optional<Duration> incident() const { return incident_; }
  [[nodiscard]] std::optional<Duration> recovered() const { return recovered_; }
  [[nodiscard]] std::optional<Duration> rto() const { return rto_; }
  // By probe; none for a probe whose samples cannot be classed.
  [[nodiscard]] const std::map<std::string, std::optional<Class>>& probes() const {
    return probes_;
  }

 private:
  void begin(const nlohmann::json& event);
  void sample(const nlohmann::json& event);

  std::optional<Scenario> scenario_;
  std::string phase_;
  Duration at_{};
  std::optional<Duration> incident_, recovered_, rto_;
  std::map<std::string, std::optional<Class>> probes_;
};

// A sentence for the events that a person wants told as they happen; empty for the others.
[[nodiscard]] std::string told(const std::string& drill, const nlohmann::json& event,
                               const std::string& language);
// Only what somebody must know or do at once: a manual step, trouble, an abort.
[[nodiscard]] bool pressing(const nlohmann::json& event);

// "plan/scenario: Failed. cause".
[[nodiscard]] std::string verdict_line(const Drill& drill, const std::string& language);

// The closing table with counts and the reports' paths, lines ending in '\n'. `paint` is given a
// status word, already padded, and may colour it.
using Paint = std::string (*)(Status status, const std::string& word);
[[nodiscard]] std::string closing(const Run& run, const std::string& folder,
                                  const std::string& language, Paint paint);

// Columns a text takes on a terminal, and the text cut to as many, with "…" where cut.
[[nodiscard]] std::size_t columns_of(std::string_view text);
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t columns);

}  // namespace reprise
