// Chained journal lines made by hand, for what no honest Journal would write.
//
// Ownership: a value type. Threads: one.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "harness/journal/journal.h"
#include "tests/support/temporary_folder.h"

namespace reprise::testing {

class Lines {
 public:
  explicit Lines(std::string previous = sha256("")) : head_(std::move(previous)) {}

  void begin(int format = 1) {
    const nlohmann::json plan{{"plan", "shop"}, {"system", nlohmann::json::object()}};
    const nlohmann::json scenario{{"scenario", "s"}, {"steady", nlohmann::json::object()}};
    add(0, "drill", {{"format", format}, {"plan", plan}, {"scenario", scenario}});
  }
  void add(std::int64_t t, const std::string& event, const nlohmann::json& fields) {
    append(t, event, fields, false);
  }
  // The same event with other spacing than the Journal's own.
  void add_spaced(std::int64_t t, const std::string& event, const nlohmann::json& fields) {
    append(t, event, fields, true);
  }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::string& head() const { return head_; }

 private:
  void append(std::int64_t t, const std::string& event, const nlohmann::json& fields, bool spaced) {
    const std::string body = fields.dump();
    const std::string middle = body.size() > 2 ? "," + body.substr(1, body.size() - 2) : "";
    const std::string line = fmt::format(
        R"({{"n":{}{},"t":{},"utc":"2026-03-01T00:00:00.000Z","event":"{}"{},"prev":"{}"}})",
        spaced ? " " : "", number_++, t, event, middle, head_);
    head_ = sha256(line);
    text_ += line + "\n";
  }

  std::uint64_t number_ = 0;
  std::string head_, text_;
};

inline nlohmann::json sample(std::int64_t intended, std::int64_t sent, std::int64_t finished) {
  return {{"probe", "page"}, {"i", intended},   {"s", sent},
          {"f", finished},   {"o", "answered"}, {"v", {{"status", 200}}}};
}

}  // namespace reprise::testing
