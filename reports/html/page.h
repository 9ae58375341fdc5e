// The pieces an HTML report is put together from. Everything that returns a string returns HTML.
//
// Ownership: values. Threads: one at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/judge/report.h"

namespace reprise {

// Sentences of the catalogue, escaped for HTML, in the reader's language.
struct Words {
  std::string language;
  [[nodiscard]] std::string operator()(
      std::string_view key, const nlohmann::json& arguments = nlohmann::json::object()) const;
  // Not escaped yet, for what escapes by itself.
  [[nodiscard]] std::string plain(std::string_view key,
                                  const nlohmann::json& arguments = nlohmann::json::object()) const;
  // Text in that language, escaped, with numbers and units kept together.
  [[nodiscard]] std::string typeset(std::string_view text) const;
  [[nodiscard]] std::string sentence(const Message& message) const;
  [[nodiscard]] std::string duration(Duration duration) const;
  [[nodiscard]] std::string instant(const std::optional<Duration>& at) const;  // "–" when none
};

// An identifier, in code style, that may be broken after its separators.
[[nodiscard]] std::string identifier(std::string_view text);

// A table with a header a column and a header a row (its first cell). Cells are HTML. `look` names
// its rules in the style sheet; on a phone the rows of "cards" become cards with a label a cell.
class Table {
 public:
  struct Column {
    std::string title;
    bool number = false;  // right-aligned
  };
  Table(std::string caption, std::string_view look, std::vector<Column> columns);
  void row(const std::vector<std::string>& cells);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] std::string str() const;

 private:
  std::string caption_, look_, rows_;
  std::vector<Column> columns_;
};

// A shape and a word; never colour alone.
[[nodiscard]] std::string badge(Status status, const Words& words);
// The shapes that badges refer to, once a page.
[[nodiscard]] std::string shapes();
[[nodiscard]] std::string_view status_class(Status status);

// The heading of a part, at that level.
[[nodiscard]] std::string part(const std::string& title, int level);
// A part that can be folded; printed in full.
[[nodiscard]] std::string folded(const std::string& heading, const std::string& content,
                                 bool open = false);

[[nodiscard]] std::string style_sheet();
// The value of a Content-Security-Policy that allows this style sheet and nothing else.
[[nodiscard]] std::string content_policy(const std::string& style);

// The failover picture: every lane on one time axis. `id` is unique in the page.
[[nodiscard]] std::string failover_picture(const Drill& drill, const Words& words,
                                           const std::string& id);

// A share as a percentage, in the reader's language.
[[nodiscard]] std::string percent(double share, int places, const Words& words);

// Tables of one drill; empty when there is nothing to show.
[[nodiscard]] std::string findings_table(const Drill& drill, const Words& words);
[[nodiscard]] std::string stretches_tables(const Drill& drill, const Words& words);
[[nodiscard]] std::string faults_table(const Drill& drill, const Words& words);
[[nodiscard]] std::string steps_table(const Drill& drill, const Words& words);
[[nodiscard]] std::string events_table(const Drill& drill, const Words& words);
[[nodiscard]] std::string parameters_table(const Drill& drill, const Words& words);
[[nodiscard]] std::string figures_table(const Drill& drill, const Words& words);
[[nodiscard]] std::string ledgers_table(const Drill& drill, const Words& words);
[[nodiscard]] std::string ladders_tables(const Drill& drill, const Words& words);
[[nodiscard]] std::string record_table(const Drill& drill, const Words& words);
[[nodiscard]] std::string evidence_table(const Drill& drill, const Words& words);
// Of the whole run.
[[nodiscard]] std::string risks_table(const Run& run, const Words& words);
[[nodiscard]] std::string summary_table(const Run& run, const Words& words);

// Verdict, measures and cause: what is seen without scrolling.
[[nodiscard]] std::string drill_opening(const Drill& drill, const Words& words, bool alone);

}  // namespace reprise
