#include "reports/post_mortem/page.h"

#include "reports/catalogue.h"
#include "reports/escape.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

std::string piped(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += cell.empty() ? "  |" : " " + cell + " |";
  return line + "\n";
}

}  // namespace

std::string Prose::operator()(std::string_view key, const nlohmann::json& arguments) const {
  return markdown(text(key, language, arguments));
}

std::string Prose::sentence(const Message& message) const {
  return markdown(render(message, language));
}

std::string Prose::duration(const std::optional<Duration>& duration) const {
  return duration ? markdown(duration_text(*duration, language)) : "–";
}

std::string Prose::status(Status status) const { return markdown(status_word(status, language)); }

PipeTable::PipeTable(const std::vector<std::string>& columns)
    : head_(piped(columns) + piped(std::vector<std::string>(columns.size(), "---"))) {}

void PipeTable::row(const std::vector<std::string>& cells) { rows_ += piped(cells); }

std::string PipeTable::str() const { return empty() ? "" : head_ + rows_ + "\n"; }

}  // namespace reprise
