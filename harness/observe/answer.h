// What probes keep of an answer: little, so that a million samples fit in a journal, and always
// valid UTF-8, so that the journal can be written whatever the system said. See keeper.h for what
// is judged.
//
// Ownership: plain values. Threads: any.
#pragma once

#include <string>
#include <string_view>

#include <boost/system/error_code.hpp>
#include <nlohmann/json.hpp>

#include "harness/model/expectations/expectation.h"

namespace reprise {

inline constexpr std::size_t kept_text = 4096;  // bytes of a text
inline constexpr std::size_t kept_value =
    std::size_t{64} * 1024;  // bytes of a JSON value, as written

// The first `limit` bytes, never ending inside a character; what is not UTF-8 is replaced.
[[nodiscard]] std::string cut_text(std::string_view text, std::size_t limit = kept_text);

// An observation that is not an answer: refused, reset, timeout or error, and why.
[[nodiscard]] Observation not_answered(std::string outcome, std::string_view text = {});

// Why there is no answer: the outcome, and its text where there is one.
[[nodiscard]] std::string why_unanswered(const Observation& seen);

// The outcome that a socket's error stands for; unknown ones are `error` with their text.
[[nodiscard]] Observation not_answered(const boost::system::error_code& error);

}  // namespace reprise
