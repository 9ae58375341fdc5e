#include "harness/observe/answer.h"

#include <boost/asio/error.hpp>

namespace reprise {
namespace {

namespace error = boost::asio::error;
using nlohmann::json;

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

}  // namespace

std::string cut_text(std::string_view text, std::size_t limit) {
  if (text.size() > limit) {
    std::size_t end = limit;
    for (int back = 0; back < 3 && end > 0 && is_continuation(text[end]); ++back) --end;
    text = text.substr(0, end);
  }
  const bool ascii = std::ranges::all_of(text, [](unsigned char byte) { return byte < 0x80; });
  if (ascii) return std::string(text);
  // The JSON writer knows UTF-8 and puts U+FFFD in place of what is not.
  const auto written = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(written).get<std::string>();
}

Observation not_answered(std::string outcome, std::string_view text) {
  Observation seen;
  seen.outcome = std::move(outcome);
  if (!text.empty()) seen.values["text"] = cut_text(text);
  return seen;
}

std::string why_unanswered(const Observation& seen) {
  const auto text = seen.values.value("text", std::string());
  return text.empty() ? seen.outcome : fmt::format("{}: {}", seen.outcome, text);
}

Observation not_answered(const boost::system::error_code& code) {
  if (code == error::connection_refused) return not_answered("refused");
  if (code == error::connection_reset || code == error::broken_pipe || code == error::eof ||
      code == error::connection_aborted) {
    return not_answered("reset");
  }
  if (code == error::timed_out) return not_answered("timeout");
  return not_answered("error", code.message());
}

}  // namespace reprise
