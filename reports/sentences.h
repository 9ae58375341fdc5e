// What every report says the same way: words for statuses, intervals, causes, headlines.
//
// Ownership: pure functions of a run. Threads: any.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "harness/judge/report.h"

namespace reprise {

[[nodiscard]] std::string status_word(Status status, const std::string& language);

// "between 0.8 s and 1.2 s", "at most 1.2 s", "1.2 s", "at least 0.8 s, no end seen".
[[nodiscard]] std::string interval_text(const Interval& interval, const std::string& language);

// The steady state when all is over, which no assertion asks for.
[[nodiscard]] bool is_end(const Finding& finding);

// All that a finding missed: what it leads with, then the others; empty when it missed nothing.
[[nodiscard]] std::vector<Miss> misses_of(const Finding& finding);

// Objective, measured interval, last bad sample with what it saw, nearest log line; empty when the
// miss has no cause. Where a sample saw a value of another type, that is said beside it.
[[nodiscard]] std::string cause_sentence(const Record& record, const Miss& miss,
                                         const std::string& language);
// Its last bad sample and log line alone, for where the rest stands beside it.
[[nodiscard]] std::string cause_traces(const Record& record, const Miss& miss,
                                       const std::string& language);
// "Known deficiency F-1, owned by …"; empty when it is none.
[[nodiscard]] std::string known_sentence(const std::optional<Known>& known,
                                         const std::string& language);

// The finding that measured this objective ("rto", "rpo"): the one with the largest upper end, a
// judged one before one that was not measured. Null when nothing was held against it.
[[nodiscard]] const Finding* measured_against(const Verdict& verdict, std::string_view objective);

// What was measured against the RTO and its limit, in words; "–" for what there is not.
struct RecoveryTexts {
  std::string measured, limit;
};
[[nodiscard]] RecoveryTexts recovery_texts(const Verdict& verdict, const std::string& language);

// What a ledger tells besides the writes that were kept and lost: "3 refused, 1 lost although …".
[[nodiscard]] std::string ledger_remarks(const DataLoss& loss, const std::string& language);

// Why the drill ended as it did, in one sentence.
[[nodiscard]] std::string headline(const Drill& drill, const std::string& language);

// What the drill missed besides what its headline tells, a sentence each.
[[nodiscard]] std::vector<std::string> also_missed(const Drill& drill, const std::string& language);

// That this drill came after inconclusive ones, each with its journal; empty when none did.
[[nodiscard]] std::vector<Message> earlier_attempts(const Drill& drill);

// "plan/scenario"; `drill_name` adds "#2" to the second of several repeats.
[[nodiscard]] std::string suite_name(const Drill& drill);
[[nodiscard]] std::string drill_name(const Drill& drill);
// The scenario's title in that language, else its name.
[[nodiscard]] std::string drill_title(const Drill& drill, const std::string& language);

// How many drills of each status, by its value; and how many were not left clean.
struct Counts {
  std::array<std::size_t, 5> by_status{};
  std::size_t unclean = 0;
  [[nodiscard]] std::size_t of(Status status) const {
    return by_status[static_cast<std::size_t>(status)];
  }
};
[[nodiscard]] Counts counts(const Run& run);
// In order of gravity, as they are counted and shown.
inline constexpr std::array all_statuses = {Status::fail, Status::inconclusive, Status::skipped,
                                            Status::conditional, Status::pass};
// "2 failed, 1 passed".
[[nodiscard]] std::string counts_text(const Counts& counts, const std::string& language);
// The versions of reprise that drilled.
[[nodiscard]] std::string tools_text(const Run& run);
[[nodiscard]] Status worst(const Run& run);

}  // namespace reprise
