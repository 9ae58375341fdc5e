// The bad stretches of a probe for one level.
#include <algorithm>

#include "tests/real/truth.h"

namespace reprise::real {
namespace {

enum class Badness { none, possible, sure };

Badness badness(const Stretch& stretch, Class level, const Truth& truth) {
  switch (stretch.way) {
    case Way::nominal: return Badness::none;
    case Way::degraded: return level < Class::degraded ? Badness::sure : Badness::none;
    case Way::down: return Badness::sure;
    case Way::murky: return Badness::possible;
    case Way::held: break;
  }
  // Held for longer than the user waits: bad; shorter: only late.
  const Time least = stretch.end.low - stretch.begin.high;
  return least >= truth.timeout + truth.slack() ? Badness::sure : Badness::possible;
}

// Stretches that follow upon each other make one that is bad.
class Gathering {
 public:
  explicit Gathering(const Truth& truth) : truth_(truth) {}

  void add(const Stretch& stretch, Badness badness) {
    if (badness == Badness::none) return close();
    if (!open_) {
      open_ = true;
      sure_ = false;
      bad_ = {stretch.begin, stretch.end, stretch.begin.low};
    }
    // Until something is sure, the beginning may be as late as that.
    if (!sure_) bad_.begin.high = badness == Badness::sure ? stretch.begin.high : stretch.end.high;
    bad_.end.high = stretch.end.high;
    if (badness == Badness::sure) {
      sure_ = true;
      const bool held = stretch.way == Way::held;
      bad_.end.low = stretch.end.low - (held ? truth_.timeout : 0);
      bad_.surely_until = stretch.end.low;
    } else if (!sure_) {
      bad_.end.low = stretch.begin.low;
    }
    bad_.open = stretch.end.low >= truth_.end;
  }

  void close() {
    if (open_) found_.push_back(bad_);
    open_ = false;
  }

  std::vector<Bad> take() {
    close();
    return std::move(found_);
  }

 private:
  const Truth& truth_;
  std::vector<Bad> found_;
  Bad bad_;
  bool open_ = false, sure_ = false;
};

bool may_be_of(const Told& told, const Bad& bad, const When& origin) {
  When asked{told.i, told.f};
  if (told.decided) asked = {*told.decided - origin.high, *told.decided - origin.low};
  return asked.high >= bad.begin.low && asked.low <= bad.end.high;
}

}  // namespace

std::vector<Bad> find_below(const Truth& truth, Class level) {
  Gathering gathering(truth);
  for (const Stretch& stretch : truth.stretches) {
    gathering.add(stretch, badness(stretch, level, truth));
  }
  auto found = gathering.take();
  std::vector<Bad> unknown;
  for (const Told& told : truth.told) {
    if (!is_below(told, level)) continue;
    std::vector<Bad*> of;
    for (Bad& bad : found) {
      if (may_be_of(told, bad, truth.origin)) of.push_back(&bad);
    }
    // What is not known was filled as bad where nothing was.
    if (of.empty() && told.unknown) {
      const When at{told.i, told.f};
      unknown.push_back({at, at, told.i, false, Seen::yes, told.f});
    }
    const Seen seen = of.size() == 1 ? Seen::yes : Seen::maybe;
    for (Bad* bad : of) {
      bad->seen = std::max(bad->seen, seen);
      bad->told_first = std::min(bad->told_first, told.f);
    }
  }
  found.insert(found.end(), unknown.begin(), unknown.end());
  std::ranges::stable_sort(found, {}, [](const Bad& one) { return one.begin.low; });
  return found;
}

}  // namespace reprise::real
