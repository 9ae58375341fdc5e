// Every sentence a person reads, in English and French: reports/messages.yaml, built into the
// program and parsed at first use.
//
// Text arguments come from the system under test and are made visible here (escape.h); a report
// only adds the escapes of its own format. A message with "low_ns" and "high_ns" has an argument
// "interval" as well, worded as everywhere ("at most 1.2 s"). An argument {"predicate": …} is said
// in words (predicate.h). Ownership: the catalogue lives until the program ends. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/judge/judge.h"
#include "harness/model/time.h"

namespace reprise {

// A key that the catalogue does not know is shown as it is, with its arguments: a report is never
// withheld for want of a sentence.
[[nodiscard]] std::string render(const Message& message, const std::string& language);
[[nodiscard]] std::string text(std::string_view key, const std::string& language,
                               const nlohmann::json& arguments = nlohmann::json::object());

// For people: rounded to what can be told apart, "1.234 s", "5 min 30 s"; French: "1,234 s".
[[nodiscard]] std::string duration_text(Duration duration, const std::string& language);
// At most `places` decimals, without idle zeros.
[[nodiscard]] std::string number_text(double number, int places, const std::string& language);

// The keys, in order (tests).
[[nodiscard]] std::vector<std::string> catalogue_keys();

}  // namespace reprise
