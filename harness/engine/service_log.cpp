#include "harness/engine/service_log.h"

namespace reprise {
namespace {

// A start may be talkative; what goes on for longer must fit in a journal that is kept for years.
constexpr double most_lines = 2'000;
constexpr double lines_a_second = 200;
constexpr double most_bytes = 1 << 20;
constexpr double bytes_a_second = 64 << 10;

}  // namespace

ServiceLog::ServiceLog(std::string service, const Clock& clock, Journal& journal, Site& site)
    : service_(std::move(service)),
      clock_(clock),
      journal_(journal),
      site_(site),
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

void ServiceLog::write(std::string_view stream, std::string line, std::size_t left_out) {
  nlohmann::json fields{{"service", service_}, {"stream", stream}, {"line", line}};
  if (left_out > 0) fields["left_out"] = left_out;
  journal_.write("log", std::move(fields));
  site_.add_log(service_, std::move(line));
}

void ServiceLog::add(std::string_view stream, std::string line) {
  if (!affordable(line.size())) {
    ++left_out_;
    return;
  }
  note_left_out();
  write(stream, std::move(line));
}

void ServiceLog::note_left_out() {
  if (left_out_ == 0) return;
  const std::size_t count = std::exchange(left_out_, 0);
  write("err", fmt::format("[reprise: {} lines left out]", count), count);
}

}  // namespace reprise
