// What a process prints, taken apart into lines: ended by a line feed, by a carriage return (as a
// progress display does), or by both.
//
// Ownership: a plain value. Threads: one at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reprise {

// As it was printed, whatever its bytes.
struct PrintedLine {
  std::string text;
  std::size_t told = 0;  // so many of its bytes were given out before it had ended
  bool more = false;     // it is longer than what is here
};

class PrintedLines {
 public:
  void take(std::string_view bytes, std::vector<PrintedLine>& lines);
  // Nothing more will come: what has not ended is a line, too.
  void finish(std::vector<PrintedLine>& lines);
  // Somebody may be waiting for the answer to a line without an end: gives out what is new in it.
  void tell_unfinished(std::vector<PrintedLine>& lines);
  [[nodiscard]] bool unfinished() const { return line_.size() > told_ || (more_ && !told_more_); }

 private:
  void add(std::string_view part);
  void end_line(std::vector<PrintedLine>& lines);

  std::string line_;  // so far
  bool more_ = false;
  std::size_t told_ = 0;
  bool told_more_ = false;
  bool returned_ = false;  // the last byte was a carriage return, which ended a line
};

}  // namespace reprise
