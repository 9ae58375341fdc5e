// What a probe saw, held against an expectation, in the order it was scheduled.
//
// An expectation is evaluated once a distinct observation, unless it looks at latency. Instants
// that were skipped or are missing from the schedule are unknown, and so are samples whose
// observation does not tell (docs/measures.md, 2).
// Ownership: refers to the Record, which outlives it. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/judge/judge.h"

namespace reprise {

// Of a probe that the record knows.
class Matcher {
 public:
  Matcher(const Record& record, const std::string& probe, Expected expect, Match match,
          Meant meant = Meant::demanded);
  [[nodiscard]] Truth of(const Sample& sample) const;

 private:
  [[nodiscard]] Truth evaluate(const Observation& seen) const;

  const ProbeRecord& probe_;
  const Levels& levels_;
  Expected expect_;
  Match match_;
  Meant meant_;
  bool by_latency_;
  std::vector<Truth> known_;  // by observation, when latency does not matter
};

// The service level of each sample of a probe that the record knows.
class Classifier {
 public:
  Classifier(const Record& record, const std::string& probe);
  [[nodiscard]] std::optional<Level> level(const Sample& sample) const;

 private:
  const ProbeRecord& probe_;
  const Levels& levels_;
  bool by_latency_;
  std::vector<std::optional<Level>> known_;
};

// The observation with the latency that this sample had.
[[nodiscard]] Observation with_latency(const Observation& seen, const Sample& sample);

// What a probe's user was told by one request: from `intended`, when it was made, to `finished`.
struct Point {
  Duration intended;
  Duration finished;  // of one that was never sent: when the user's patience would have been over
  Truth sight;
  const Sample* sample;  // null when none was taken

  // Whether it was asked or answered in between, ends included.
  [[nodiscard]] bool meets(Duration from, Duration to) const {
    return intended <= to && finished >= from;
  }
};

struct Window {
  Duration from{};
  Duration to{};
  [[nodiscard]] bool contains(Duration instant) const { return from <= instant && instant < to; }
};

struct Timeline {
  const ProbeRecord* probe = nullptr;  // null when the journal knows no such probe
  Duration every{};                    // 0 when the plan does not say
  std::vector<Point> points;           // by intended instant
  bool holes = false;                  // more instants are missing than points stand for

  // Whether the service answered it, whatever it said; of one of these points.
  [[nodiscard]] bool answered(const Point& point) const;

  // The points that meet the window; where the schedule does not reach its ends, an unknown one.
  [[nodiscard]] std::vector<Point> within(const Window& window) const;
};

[[nodiscard]] Timeline timeline(const Record& record, const std::string& probe,
                                const Expected& expect, Match match, Meant meant = Meant::demanded);

// Why nothing can be judged from this probe: no samples at all in the points, or never an answer
// in the whole drill (nor anything that the expectation waits for).
[[nodiscard]] std::optional<Message> unusable(const Timeline& line, const std::string& probe,
                                              const std::vector<Point>& points);
// Of a probe that is usable: why a predicate, or a level's, that must not be broken says nothing:
// one of its pointers, or what `served-by` points at, was in no sample of the whole drill, as a
// misspelt one is.
[[nodiscard]] std::optional<Message> never_there(const Timeline& line, const std::string& probe,
                                                 const Expected& expect, const Record& record);

[[nodiscard]] std::size_t count(const std::vector<Point>& points, Truth sight);
// The largest latency among the points that were sent.
[[nodiscard]] Duration largest_latency(const std::vector<Point>& points);

}  // namespace reprise
