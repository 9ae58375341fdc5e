#include "harness/engine/services/printed_lines.h"

#include <algorithm>

#include "harness/model/expectations/pattern.h"

namespace reprise {
namespace {

constexpr std::size_t most_of_a_line = max_searched_bytes;  // nobody would look at the rest

}  // namespace

void PrintedLines::add(std::string_view part) {
  const auto room = part.substr(0, most_of_a_line - line_.size());
  line_ += room;
  more_ = more_ || room.size() < part.size();
}

void PrintedLines::end_line(std::vector<PrintedLine>& lines) {
  const bool told = told_ > 0 && !unfinished();
  if (!told) lines.push_back({std::move(line_), told_, more_});
  line_.clear();
  more_ = told_more_ = false;
  told_ = 0;
}

void PrintedLines::take(std::string_view bytes, std::vector<PrintedLine>& lines) {
  // Each is looked for anew only when it was passed: there may be many of one and none of the
  // other.
  auto feed = bytes.find('\n');
  auto back = bytes.find('\r');
  for (std::size_t from = 0; from < bytes.size();) {
    const auto end = std::min(feed, back);
    add(bytes.substr(from, end - from));
    if (end == bytes.npos) {
      returned_ = false;
      return;
    }
    const bool is_back = end == back;
    const bool same_end = returned_ && end == from && !is_back;
    // A carriage return before any text ends nothing: a display goes back to where it is.
    const bool ends_nothing = is_back && line_.empty();
    if (!same_end && !ends_nothing) end_line(lines);
    returned_ = is_back && !ends_nothing;
    from = end + 1;
    (is_back ? back : feed) = bytes.find(bytes[end], from);
  }
}

void PrintedLines::finish(std::vector<PrintedLine>& lines) {
  if (!line_.empty()) end_line(lines);
}

void PrintedLines::tell_unfinished(std::vector<PrintedLine>& lines) {
  if (!unfinished()) return;
  lines.push_back({line_, told_, more_});
  told_ = line_.size();
  told_more_ = more_;
}

}  // namespace reprise
