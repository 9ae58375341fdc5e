// The shared time axis of the failover picture, and the drawing of marks along it.
//
// Coordinates inside paths are tenths of a pixel, relative, as short as they go: a failure costs
// seven bytes, so that none has to be left out.
// Ownership: values. Threads: one at a time.
#pragma once

#include <string>
#include <vector>

#include "harness/judge/report.h"

namespace reprise {

struct Axis {
  Duration from{}, to{};
  static constexpr double width = 1120, left = 196, right = 1112;

  [[nodiscard]] double x(Duration at) const;
  // Where a person expects ticks: at most ten, on round instants.
  [[nodiscard]] std::vector<Duration> ticks() const;
  [[nodiscard]] bool holds(Duration at) const { return at >= from && at <= to; }
};

// From just before the first sample to the last thing that happened.
[[nodiscard]] Axis axis_of(const Record& record);

// Bars of one height in one row, as one path.
class Bars {
 public:
  Bars(double y, double height) : y_(y), height_(height) {}
  void add(double from, double to, double least_width);
  [[nodiscard]] bool empty() const { return path_.empty(); }
  // `classes` names what is drawn; the thickness is the row's height.
  [[nodiscard]] std::string str(std::string_view classes) const;

 private:
  double y_, height_;
  long cursor_ = 0;
  std::string path_;
};

}  // namespace reprise
