// The pieces a post-mortem is put together from. Everything that returns a string returns Markdown.
//
// Ownership: values. Threads: one at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/judge/report.h"

namespace reprise {

// Sentences of the catalogue, escaped for Markdown, in the reader's language.
struct Prose {
  std::string language;
  [[nodiscard]] std::string operator()(
      std::string_view key, const nlohmann::json& arguments = nlohmann::json::object()) const;
  [[nodiscard]] std::string sentence(const Message& message) const;
  [[nodiscard]] std::string duration(const std::optional<Duration>& duration) const;  // "–": none
  [[nodiscard]] std::string status(Status status) const;
};

// A table of Markdown; its cells are Markdown of one line.
class PipeTable {
 public:
  explicit PipeTable(const std::vector<std::string>& columns);
  void row(const std::vector<std::string>& cells);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] std::string str() const;  // empty when it has no row

 private:
  std::string head_, rows_;
};

// Parts of one drill; each says so when there is nothing to tell.
[[nodiscard]] std::string impact_part(const Drill& drill, const Prose& words);
[[nodiscard]] std::string cause_part(const Drill& drill, const Prose& words);
[[nodiscard]] std::string timeline_part(const Drill& drill, const Prose& words);
[[nodiscard]] std::string follow_up_part(const Drill& drill, const Prose& words);

}  // namespace reprise
