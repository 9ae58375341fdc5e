// From a Record to a Verdict: pure functions, no clock, no files, no randomness, no engine.
// The same record gives the same verdict, byte for byte, for ever. Definitions: docs in each
// assertion's .cpp; "now" is the drill's own date.
//
// Judge and assertions speak in Messages: a key of reports/messages.yaml and its arguments, so that
// every sentence exists in English and French.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/journal/record.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

// In order of gravity.
enum class Status { pass, conditional, skipped, inconclusive, fail };
[[nodiscard]] std::string_view status_name(Status status);
[[nodiscard]] Status worse(Status left, Status right);

// A key of the catalogue and what stands in its {braces}: text, numbers, and durations as
// nanoseconds under names ending in "_ns" (rendered by the catalogue in the reader's language).
struct Message {
  std::string key;
  nlohmann::json arguments = nlohmann::json::object();
};

// Where the true value lies. No `high`: unbounded.
struct Interval {
  Duration low{};
  std::optional<Duration> high;
};

// Always the same parts: objective, measured interval, last bad sample with what it saw, and the
// service's own log line nearest that instant.
struct Cause {
  Message objective;
  std::optional<Interval> measured;
  std::optional<Duration> sample_at;  // intended instant of the last bad sample
  std::string sample_probe, sample_saw;
  std::optional<Duration> log_at;
  std::string log_service, log_line;
};

// A further miss of an assertion that has more than one.
struct Miss {
  std::string failure;  // JUnit's type
  Message outcome;
  std::optional<Cause> cause;
  std::optional<Known> known;  // set when exactly this one is a declared deficiency
};

struct Finding {
  std::string kind, name;  // "recovery", "recovery-2"; steady state has its own
  Location where;          // in the scenario file
  Status status = Status::pass;
  Message statement;              // what was demanded
  Message outcome;                // what was seen; for inconclusive: why
  std::string failure;            // JUnit's type, as "chaos.RtoExceeded"; empty when passed
  std::string objective;          // "rto", "rpo" or empty
  std::optional<Duration> limit;  // what the measured upper end is held against
  std::optional<Interval> measured;
  std::optional<Cause> cause;        // set for every miss
  std::optional<Known> known;        // set when the miss is a declared deficiency
  std::vector<Message> notes;        // what is told beside: from where it counts, sums
  std::vector<Miss> others;          // further misses of the same assertion, gravest first
  bool unexpected_pass = false;      // declared deficient, yet it held
  std::optional<Duration> from, to;  // the window judged
};

// Per probe, judged or not: for the figures section and the picture.
struct ProbeFigures {
  std::string probe;
  std::size_t scheduled = 0, nominal = 0, degraded = 0, down = 0, skipped = 0;
  std::size_t unknown = 0;  // samples whose level nobody can tell
  Duration latency_p50{}, latency_p99{}, latency_max{};
  Duration late_p99{};        // start delay: sent - intended
  Duration longest_outage{};  // from samples; 0 means none longer than `resolution`
  Duration resolution{};      // interval plus largest latency
  int flaps = 0;
  std::optional<Duration> detected;  // from t_cmd to the first change of level
  std::optional<Duration> first_fallback;
  std::optional<double> budget_spent;  // share of the yearly error budget, when one is stated
};

// What one ledger of the drill lost; see data_loss.h for the classes and the interval.
struct DataLoss {
  std::uint64_t acknowledged = 0, refused = 0, unknown = 0, kept = 0;  // A, F, U, R
  std::uint64_t lost = 0, recovered = 0, phantom = 0, duplicated = 0, corrupted = 0, stale = 0;
  std::uint64_t holes = 0;
  // if not the first failure that may have lost it did, but the last
  std::uint64_t possible_holes = 0;
  std::uint64_t lost_after = 0;                    // of those lost: acknowledged after the failure
  Duration first_lost_after{}, last_lost_after{};  // when the first and the last of these were
  // Of A, and of those lost: sent when everything was mended; nothing where nothing ever was.
  std::optional<std::uint64_t> sent_when_over;
  std::uint64_t lost_when_over = 0;
  std::uint64_t acknowledged_before = 0;
  Duration resolution{};  // δ
  // How long before the failure the oldest acknowledged write was sent: beyond it, nothing is
  // shown.
  Duration reach{};
  Interval rpo;
  // The upper end of what the loss reaches back if each entry was lost by the first failure that
  // may have lost it; no value: past the ledger's start.
  std::optional<Duration> least_high;
};

// A ledger that an assertion of the scenario looks at.
struct LedgerFigures {
  std::string ledger;
  std::optional<Message> problem;  // why nothing can be told
  DataLoss loss;
};

// One rung of a restore ladder.
struct Rung {
  enum class State : char {
    climbed,
    failed,
    unreached,  // its steps were not executed, or not to their end
    untold,     // nothing can be told of it
    absent      // neither the procedure nor the scenario has anything on it
  };
  std::string name;  // backup, server, structure, ledger, health
  State state = State::absent;
  std::vector<Text> steps;                   // their titles
  std::optional<Duration> started, reached;  // of steps; the ledger is read when all is over
  std::optional<Message> why;                // unless it was climbed
};

[[nodiscard]] std::string_view rung_state_name(Rung::State state);

// How far one run of a procedure restored the system, lowest rung first; see ladder.h.
struct Ladder {
  std::string procedure;
  std::optional<Duration> incident;  // t_cmd of the first fault
  std::vector<Rung> rungs;
};

struct Verdict {
  Status status = Status::inconclusive;
  bool clean = true;  // nothing of the drill is left: a second, separate result
  // A miss that was seen from a steady state, before something voided the evidence.
  bool voided_miss = false;
  std::vector<std::string> residue;
  std::vector<Message> reasons;  // why the whole drill is inconclusive, empty otherwise
  // The steady state first, then the assertions in file order, then the steady state at the end.
  std::vector<Finding> findings;
  std::vector<ProbeFigures> figures;   // by probe name
  std::vector<LedgerFigures> ledgers;  // by name
  std::vector<Ladder> ladders;         // of procedures that have rungs, as they were run
};

struct AssertionKind : KindInfo {
  // Judges one assertion. Inconclusive rather than pass whenever something it needs is missing.
  std::function<Finding(const AssertionSpec&, const Record&)> judge;
  // What the engine waits for in the recover phase; may be empty.
  std::function<std::optional<Awaited>(const AssertionSpec&, const Scenario&, const Plan&)> awaits;
};

// What holds when several things are wrong at once (docs/measures.md, 10):
// - Void evidence (the steady state was not held before the command, by the engine's word or by the
//   samples; the journal is torn or the drill never began) makes every finding inconclusive, misses
//   too.
// - Every other reason (a fault that failed, never came or did not bite; a late observer; an abort
//   or an interruption; the harness in trouble) takes away every pass, but what was clearly missed
//   stays missed.
// - Otherwise a miss counts whatever other findings could not tell: fail > inconclusive.
// - Residue is a second result that none of this touches.
[[nodiscard]] Verdict judge(const Record& record);

// 4 something could not be undone > 1 a miss > 3 inconclusive, skipped or nothing judged > 0.
[[nodiscard]] int exit_code(const std::vector<Verdict>& verdicts);

}  // namespace reprise
