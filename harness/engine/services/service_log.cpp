#include "harness/engine/services/service_log.h"

#include "harness/observe/answer.h"

namespace reprise {
namespace {

// A start may be talkative; what goes on for longer must fit in a journal that is kept for years.
constexpr double most_lines = 2'000;
constexpr double lines_a_second = 200;
constexpr double most_bytes = 1 << 20;
constexpr double bytes_a_second = 64 << 10;

// Of a flood so much is searched: more would take its time from the drill.
constexpr std::size_t most_searched = std::size_t{64} << 20;
constexpr Duration brief_breath = std::chrono::milliseconds(1);
constexpr Duration long_breath = std::chrono::milliseconds(5);

}  // namespace

ServiceLog::ServiceLog(std::string service, const Clock& clock, Journal& journal, Site& site,
                       std::vector<LogPattern> patterns)
    : service_(std::move(service)),
      clock_(clock),
      journal_(journal),
      site_(site),
      patterns_(std::move(patterns)),
      lines_(most_lines),
      bytes_(most_bytes),
      filled_(clock.now()) {}

bool ServiceLog::affordable(std::size_t bytes) {
  const Instant now = clock_.now();
  const double seconds = std::chrono::duration<double>(now - filled_).count();
  filled_ = now;
  lines_ = std::min(most_lines, lines_ + seconds * lines_a_second);
  bytes_ = std::min(most_bytes, bytes_ + seconds * bytes_a_second);
  const auto size = static_cast<double>(bytes);
  // Once something is left out, a tenth of a second passes before the next line is let through.
  const double least = left_out_ > 0 ? lines_a_second / 10 : 1;
  if (lines_ < least || bytes_ < size) return false;
  lines_ -= 1;
  bytes_ -= size;
  return true;
}

LogSearch ServiceLog::search(const PrintedLine& line) const {
  LogSearch found;
  search_line(line, patterns_, found);
  return found;
}

void ServiceLog::write(std::string_view stream, Printed printed) {
  nlohmann::json fields{{"service", service_}, {"stream", stream}, {"line", printed.line}};
  if (printed.left_out > 0) fields["left_out"] = printed.left_out;
  if (printed.cut) fields["cut"] = true;
  if (printed.unsearched) fields["unsearched"] = true;
  for (const auto& [pattern, lines] : printed.found) {
    if (lines > 0) fields["found"][pattern] = lines;
  }
  journal_.write("log", std::move(fields));
  site_.add_log(service_, std::move(printed));
}

void ServiceLog::add(std::string_view stream, const PrintedLine& line,
                     std::optional<LogSearch> searched) {
  const auto text = std::string_view(line.text).substr(line.told);
  if (!affordable(std::min(text.size(), kept_text))) {
    leave_out(line, std::move(searched));
    return;
  }
  note_left_out();
  Printed printed(cut_text(text));
  printed.cut = line.told > 0 || line.more || text.size() > kept_text;
  if (printed.cut) {
    if (!searched) searched = search(line);
    printed.found = std::move(searched->found);
    printed.unsearched = searched->unsearched;
  }
  write(stream, std::move(printed));
}

void ServiceLog::leave_out(const PrintedLine& line, std::optional<LogSearch> searched) {
  ++left_out_;
  left_out_bytes_ += line.text.size();
  if (searched) {
    left_out_search_.add(*searched);
  } else if (left_out_bytes_ <= most_searched) {
    search_line(line, patterns_, left_out_search_);
  } else {
    left_out_search_.unsearched = true;
  }
}

Duration ServiceLog::breath() const {
  return left_out_bytes_ < most_searched ? brief_breath : long_breath;
}

void ServiceLog::note_left_out() {
  if (left_out_ == 0) return;
  Printed printed(fmt::format("[reprise: {} lines left out]", left_out_));
  printed.left_out = std::exchange(left_out_, 0);
  auto search = std::exchange(left_out_search_, {});
  printed.found = std::move(search.found);
  printed.unsearched = search.unsearched;
  write("err", std::move(printed));
}

}  // namespace reprise
