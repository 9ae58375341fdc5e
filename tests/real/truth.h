// What was true of a probe: the stretches in which its user would have been told of something below
// a level, from the service's own account and the faults on the way to it.
//
// Ownership: plain values. Threads: pure functions.
#pragma once

#include "tests/real/draw.h"
#include "tests/real/evidence.h"

namespace reprise::real {

// What a user is told who asks in this stretch. Held: the answer comes when the stretch is over, if
// the user waits so long. Murky: several things at once slow the answers down.
enum class Way { nominal, degraded, down, held, murky };

struct Stretch {
  When begin, end;
  Way way = Way::nominal;
};

enum class Seen { no, maybe, yes };

// A stretch of time below a level.
struct Bad {
  When begin, end;
  Time surely_until = 0;  // no good answer came before this
  bool open = false;      // to the end of the record
  Seen seen = Seen::no;
  Time told_first = endless;  // the earliest end of a bad sample of it
};

struct Truth {
  std::vector<Stretch> stretches;
  Time end = 0;   // of the record: all that was asked has been answered
  Time last = 0;  // the record goes so far: an interval after the last sample
  When origin;
  Time every = 0, timeout = 0;
  Time slowest = 0;  // latency of a good answer that nothing held up
  std::vector<Told> told;
  bool unknown = false;  // some were filled
  std::vector<Bad> below_nominal, below_degraded;
  std::vector<std::string> lies;  // of the observer: what no truth explains
  std::vector<std::string> odd;   // bad samples that the scripts do not explain: a busy machine

  // The resolution of what lies between two bad stretches.
  [[nodiscard]] Time slack() const { return every + slowest + 10 * millisecond; }
};

// What is not known of a probe may have been anything: it is filled in both ways.
enum class Filling { good, bad };

[[nodiscard]] Truth truth_of(const Drawn& drawn, const Evidence& evidence, const std::string& probe,
                             Filling filling);

// In order, with what the samples of the journal saw of each; a blip may be seen by none.
[[nodiscard]] const std::vector<Bad>& below(const Truth& truth, Class level);
[[nodiscard]] std::vector<Bad> find_below(const Truth& truth, Class level);

[[nodiscard]] bool is_below(const Told& told, Class level);

// When, at the latest, the first good answer after this return came.
[[nodiscard]] Time latest_answer(const Truth& truth, Class level, When returned);

[[nodiscard]] std::string printed(const Evidence& evidence, const Truth& truth, Class level);

}  // namespace reprise::real
