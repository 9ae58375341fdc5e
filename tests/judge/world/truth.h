// What truly happened in a drill that never was: faults with the instants at which they really
// struck, the state of a service over time, every request and the instant at which it was answered
// from that state. The judge is shown a Record of it (record_of.h); the demands on its verdict
// (demands.h) are made from here.
//
// Ownership: plain values. Threads: any.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/scenario/scenario.h"

namespace reprise::testing::world {

// Later than everything.
inline constexpr Duration forever{std::int64_t{1} << 50};

// What the service is to whoever asks. Hanging: nothing is answered until it ends. Slow: answered
// well, but later than the level allows.
enum class Being : char { well, fallback, slow, wrong, broken, resetting, refusing, hanging };

// What an expectation of this world asks for.
enum class Want : char { nominal, degraded, status200 };
[[nodiscard]] nlohmann::json expect_of(Want want);

// Whom an effect on the service is owed to.
struct Author {
  enum class Kind : char { nobody, command, healing, step } kind = Kind::nobody;
  std::size_t index = 0;  // into World::strikes or World::steps
  friend bool operator==(const Author&, const Author&) = default;
};

struct Effect {
  Duration from, to;  // [from, to)
  Being being;
  Author author;
};

// A stretch in which the service is the same.
struct Piece {
  Duration from, to;
  Being being = Being::well;
  Author author;
};

enum class Saw : char { nominal, fallback, wrong, broken, refused, reset, timeout };

// One scheduled look: what was seen, and what would have been.
struct Shot {
  Duration i{}, s{}, f{};
  Duration tau{};  // when the service was asked, so to speak
  Saw saw = Saw::nominal;
  bool skipped = false;  // never sent: the rest is what it would have been
  bool cut = false;      // sent and answered, but what tells the level is not kept
  bool held = false;     // waited until the service changed
};

// A round of a fault. Nothing of what is optional: it did not come to that.
struct Strike {
  std::string id;
  int round = 0;
  bool condition = false;
  Duration commanded{}, armed{}, bit{};
  Duration truly{};  // when it really was in place, in [commanded, armed]
  std::optional<Duration> healing, healed;
  Duration truly_healed{};
};

struct TrueStep {
  std::size_t run = 0;
  std::string kind;
  Duration started{}, finished{};
  bool failed = false;
};

struct TrueRun {
  std::string procedure;
  std::string after;  // the fault it answers by its word; empty: it starts by itself
  Duration started{}, finished{};
  std::vector<std::size_t> steps;  // indices into World::steps
  bool failed = false;
};

struct WatchedProbe {
  std::string name;
  Duration every{}, timeout{};
  int in_flight = 64;
  Duration patient{};  // not 0: nominal is faster than this
  std::vector<Effect> effects;
  std::vector<Piece> pieces;
  std::vector<Shot> shots;  // by i

  // Whether a look that saw this got what is wanted; the truth, whatever was kept of it.
  [[nodiscard]] bool good(const Shot& shot, Want want) const;
  // Whether the record tells that.
  [[nodiscard]] bool told(const Shot& shot, Want want) const;
  [[nodiscard]] bool well(Being being, Want want) const;
  // The stretch around an instant in which the service was not well, and to whom its beginning is
  // owed; and the one that a bad look met.
  [[nodiscard]] std::optional<Piece> outage_at(Duration at, Want want) const;
  [[nodiscard]] std::optional<Piece> outage_met(Duration tau, Duration s, Duration f,
                                                Want want) const;
};

// A line that the service printed; whether the record has it.
struct TrueLine {
  Duration at{};
  bool matches = false;
  // Left out: a flood; cut: only its beginning was kept. Unsearched: not even looked through.
  enum class Kept : char { whole, left_out, left_out_unsearched, cut, cut_unsearched };
  Kept kept = Kept::whole;
  Duration told_at{};  // of lines left out: when the record says so
  [[nodiscard]] bool unsearched() const {
    return kept == Kept::left_out_unsearched || kept == Kept::cut_unsearched;
  }
};

struct TrueWrite {
  Duration sent{}, answered{}, commit{};
  char outcome = 'a';  // a acknowledged, f refused, u unknown
  bool committed = true;
  int copies = 1;
  bool corrupted = false;
  std::optional<std::size_t> lost_by;  // the strike that took it away
};

struct TrueLedger {
  std::vector<TrueWrite> writes;
  std::uint64_t strays = 0;
  int copies_allowed = 1;
};

struct World {
  std::uint64_t seed = 0;
  Duration inject{}, heal{}, recover{}, end{};  // phases; `end` closes recover
  Duration steady_for{};
  std::optional<Duration> sustained;
  Duration health_period{};
  Duration patience{};
  std::optional<Duration> patience_over;  // when the engine gave up waiting
  std::string outcome = "completed";
  std::vector<Strike> strikes;  // by t_cmd
  std::vector<TrueStep> steps;
  std::vector<TrueRun> runs;
  std::vector<WatchedProbe> probes;  // the first one is hurt
  Want steady_wants = Want::nominal;
  std::size_t steady_probe = 0;
  std::map<std::string, Level> leaves;
  std::vector<TrueLine> lines;
  std::optional<TrueLedger> ledger;
  std::vector<AssertionSpec> demands;
  bool imagined = false;  // what was hidden is filled in otherwise than it was; see bills_of

  [[nodiscard]] const WatchedProbe& probe(const std::string& name) const;
  [[nodiscard]] Duration sustain_of(const WatchedProbe& probe) const;
  // When everything was mended: the last t_healed and the last step's end; with events only, when
  // the last of them was in place.
  [[nodiscard]] Duration over() const;
  [[nodiscard]] Duration all_ended() const;
  [[nodiscard]] std::vector<std::string> fault_ids() const;
};

// The same seed, the same world.
[[nodiscard]] World draw_world(std::uint64_t seed);

}  // namespace reprise::testing::world
