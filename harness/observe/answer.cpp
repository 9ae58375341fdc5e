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

Result<KeptPointers> KeptPointers::of(const ProbeSpec& spec) {
  KeptPointers kept;
  kept.served_by_ = spec.served_by;
  auto wanted = spec.pointers;
  if (!spec.served_by.empty()) wanted.push_back(spec.served_by);
  std::ranges::sort(wanted);
  const auto repeated = std::ranges::unique(wanted);
  wanted.erase(repeated.begin(), repeated.end());
  for (const auto& text : wanted) {
    try {
      kept.pointers_.push_back({text, json::json_pointer(text)});
    } catch (const json::exception&) {
      return failure("'{}' is not a JSON pointer", text);
    }
  }
  return kept;
}

void KeptPointers::keep(const json& document, Observation& seen) const {
  if (!any()) return;
  auto& values = seen.values["json"] = json::object();
  for (const auto& [text, pointer] : pointers_) {
    if (!document.contains(pointer)) continue;
    json value = document.at(pointer);
    if (value.is_string()) {
      value = cut_text(value.get_ref<const std::string&>());
    } else if (value.is_structured() && value.dump().size() > kept_value) {
      value = value.is_array() ? json::array() : json::object();
      seen.values["cut"].push_back(text);
    }
    if (text == served_by_) seen.values["source"] = value;
    values[text] = std::move(value);
  }
}

}  // namespace reprise
