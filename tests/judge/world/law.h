// What the law (docs/measures.md) makes of looks whose truth is known: outages, candidates, spans.
//
// Written from the law, not from the judge. Where the law can be read in two ways, a Reading says
// which is meant, and the demands ask only for what all readings agree on.
//
// Ownership: pure functions. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/judge/world/truth.h"

namespace reprise::testing::world {

struct Reading {
  bool skip_late = false;  // a look that was never sent ended at its timeout, not at once
};
inline constexpr Reading readings[] = {{false}, {true}};

// A look as the law sees it, filled in with the truth.
struct Look {
  Duration i{}, s{}, f{};
  Duration tau{};
  bool good = false;
  bool told = true;
  bool skipped = false;
  bool in_flight = false;  // at a command, a healing or a step
};

[[nodiscard]] std::vector<Look> looks_of(const WatchedProbe& probe, Want want, Reading reading);

// Says of each whether it was under way at a command, a healing or a step.
void mark_in_flight(const World& world, std::vector<Look>& looks);

enum class Sustained : char { yes, broken, cut_short };
[[nodiscard]] Sustained sustained_from(const std::vector<Look>& looks, std::size_t z,
                                       Duration sustain, Duration every);

// An outage.
struct Spell {
  std::size_t first = 0, last = 0;  // bad looks, indices into the looks it was sought in
  std::optional<Duration> i_g;
  Duration i_first{}, i_y{}, min_f{}, max_f{};
  std::optional<Duration> i_z, f_z;  // none: it does not end
  std::optional<Duration> last_run;  // i of a good run under way when the record ends
  bool awaited = false;
  // The truth, within what the law takes for possible.
  Duration begin{}, end{};
  Author author;       // of its beginning
  bool met = true;     // every bad look met a time at which the service was not well
  bool lawful = true;  // else the law allows no history of this: nothing is demanded
};

// All of them, over the whole timeline.
[[nodiscard]] std::vector<Spell> spells_of(const WatchedProbe& probe, Want want,
                                           const std::vector<Look>& looks, Duration sustain,
                                           bool imagined);

// What recovery looks at: samples that had not ended before the first command.
struct Recovering {
  std::vector<Look> looks;
  std::vector<Spell> spells;
};
[[nodiscard]] Recovering recovering(const World& world, const WatchedProbe& probe, Want want,
                                    Reading reading);

// A possible cause of an outage and where the clock starts: in [low, high], truly at `truth`.
struct Start {
  Author author;
  Duration low{}, high{}, truth{};
  bool sharp = false;    // an event or a step: the longest recovery counts
  bool endless = false;  // a condition that was never healed, and the level did not come back
};

struct RecoveryOptions {
  Want want = Want::nominal;
  Duration within{};
  std::string from;      // "", heal, incident
  std::string incident;  // a fault's id
};

struct Causes {
  std::vector<Start> starts;
  bool unsure = false;  // the law can be read in more than one way
  std::size_t spent = 0;
};
[[nodiscard]] Causes causes_of(const World& world, const WatchedProbe& probe, const Spell& spell,
                               const Recovering& all, const RecoveryOptions& options);
// Where the clock starts for the one who truly began it.
[[nodiscard]] std::optional<Start> start_of(const World& world, const WatchedProbe& probe,
                                            Author author, const Spell& spell,
                                            const Recovering& all, const RecoveryOptions& options,
                                            bool& unsure);
// When a candidate begins and when it is over.
[[nodiscard]] std::pair<Duration, Duration> span_of(const World& world, Author author);

}  // namespace reprise::testing::world
