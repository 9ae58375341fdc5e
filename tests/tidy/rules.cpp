#include "tests/tidy/rules.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace reprise::tidy {
namespace {

constexpr int most_lines = 400;
constexpr std::size_t most_columns = 100;

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

struct Include {
  std::size_t line;
  std::string path;
};

std::vector<Include> includes_of(const Source& source) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*["<]([^">]+)[">])re");
  std::vector<Include> found;
  std::size_t number = 0;
  for (const auto line : lines_of(source.text)) {
    ++number;
    std::cmatch match;
    if (std::regex_search(line.begin(), line.end(), match, pattern)) {
      found.push_back({number, match[1].str()});
    }
  }
  return found;
}

std::size_t columns_of(std::string_view line) {
  return static_cast<std::size_t>(
      std::ranges::count_if(line, [](unsigned char byte) { return (byte & 0xC0) != 0x80; }));
}

std::size_t line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, offset), '\n'));
}

// Every match of a pattern in the code, comments and literals left out.
Complaints found_in_code(const Source& source, const char* pattern, std::string_view advice) {
  const std::regex expression(pattern);
  const std::string code = code_only(source.text);
  Complaints complaints;
  for (std::sregex_iterator match(code.begin(), code.end(), expression), end; match != end;
       ++match) {
    const auto line = line_at(code, static_cast<std::size_t>(match->position()));
    complaints.push_back(fmt::format("{}:{}: '{}': {}", source.path, line, match->str(), advice));
  }
  return complaints;
}

std::set<std::string> placeholders_of(const std::string& text) {
  static const std::regex pattern(R"(\{(\w+)\})");
  std::set<std::string> names;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    names.insert((*match)[1].str());
  }
  return names;
}

// From behind a co_await to the first brace or semicolon: whether that brace opens inside the
// awaited expression (else it belongs to the `if` or `while` around it).
bool brace_inside(std::string_view rest) {
  int depth = 0;
  for (const char c : rest) {
    if (c == ';' || c == '}') return false;
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == '{') return depth >= 0;
  }
  return false;
}

}  // namespace

std::string code_only(std::string_view text) {
  static const std::regex skipped(
      R"re(//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)')re");
  std::string code(text);
  // Raw strings first: nothing inside them is a comment or an escape.
  for (auto start = code.find("R\""); start != code.npos; start = code.find("R\"", start + 1)) {
    const auto open = code.find('(', start);
    if (open == code.npos || open - start > 18) continue;
    const std::string closing = ")" + code.substr(start + 2, open - start - 2) + "\"";
    const auto end = code.find(closing, open);
    if (end == code.npos) break;
    std::replace_if(
        code.begin() + static_cast<long>(start),
        code.begin() + static_cast<long>(end + closing.size()), [](char c) { return c != '\n'; },
        ' ');
  }
  std::string blanked = code;
  for (std::sregex_iterator match(code.begin(), code.end(), skipped), end; match != end; ++match) {
    const auto begin = blanked.begin() + match->position();
    std::replace_if(begin, begin + match->length(), [](char c) { return c != '\n'; }, ' ');
  }
  return blanked;
}

Complaints include_rule(const Source& source) {
  struct Direction {
    std::string_view folder;
    std::vector<std::string_view> never;
    std::string_view why;
  };
  constexpr std::string_view not_the_command_line =
      "the command line uses the rest, never the reverse";
  static const std::vector<Direction> directions{
      {"harness/",
       {"injectors/", "reports/"},
       "the harness knows kinds by their registry only; register a kind instead"},
      {"harness/journal/", {"harness/cli/"}, not_the_command_line},
      {"harness/engine/", {"harness/cli/"}, not_the_command_line},
      {"harness/observe/", {"harness/cli/"}, not_the_command_line},
      {"harness/judge/", {"harness/cli/"}, not_the_command_line},
      {"injectors/", {"harness/cli/"}, not_the_command_line},
      {"reports/", {"harness/cli/"}, not_the_command_line},
      {"injectors/", {"reports/"}, "faults and reports meet in the journal only"},
      {"injectors/faults/",
       {"injectors/faults/"},
       "a fault kind stands alone; what several share lies beside faults/"},
      {"injectors/proxy/",
       {"harness/engine/", "injectors/faults/", "injectors/links/"},
       "the proxy knows neither drills nor faults; injectors/links makes it one of a drill"},
      {"reports/",
       {"injectors/", "harness/engine/", "harness/observe/"},
       "reports render records and verdicts; what they need must be in the journal"},
      {"harness/judge/",
       {"harness/engine/", "harness/observe/"},
       "judging is a pure function of the journal, so that old drills can be judged again"},
      {"harness/model/",
       {"harness/engine/", "harness/observe/", "harness/judge/", "harness/cli/",
        "harness/journal/"},
       "the model is read by everybody and knows nobody"},
  };
  Complaints complaints;
  for (const auto& [line, path] : includes_of(source)) {
    for (const auto& [folder, never, why] : directions) {
      if (!source.within(folder)) continue;
      for (const auto forbidden : never) {
        if (!path.starts_with(forbidden)) continue;
        complaints.push_back(
            fmt::format("{}:{}: {} must not include {}: {}", source.path, line, folder, path, why));
      }
    }
  }
  return complaints;
}

Complaints heavy_header_rule(const Source& source) {
  Complaints complaints;
  if (!source.is_header()) return complaints;
  for (const auto& [line, path] : includes_of(source)) {
    if (path.starts_with("boost/beast") || path.starts_with("boost/process") ||
        path == "libpq-fe.h") {
      complaints.push_back(fmt::format(
          "{}:{}: {} costs every includer ten seconds; include it in the .cpp and hide it behind "
          "a class or a forward declaration",
          source.path, line, path));
    }
  }
  return complaints;
}

Complaints size_rule(const Source& source) {
  Complaints complaints;
  const auto lines = lines_of(source.text);
  if (lines.size() > most_lines) {
    complaints.push_back(fmt::format("{}: {} lines; split it by what it says (at most {})",
                                     source.path, lines.size(), most_lines));
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (columns_of(lines[i]) > most_columns) {
      complaints.push_back(fmt::format("{}:{}: {} columns; break the line (at most {})",
                                       source.path, i + 1, columns_of(lines[i]), most_columns));
    }
  }
  return complaints;
}

Complaints naming_rule(const Source& source) {
  constexpr std::string_view advice = "says nothing; name what it does or holds";
  auto complaints =
      found_in_code(source, R"(\b\w*Manager\b|\b(namespace|class|struct)\s+[Uu]til\w*)", advice);
  static const std::regex file("(^|[/_])utils?(_|\\.|/)|manager");
  if (std::regex_search(source.path, file)) {
    complaints.push_back(fmt::format("{}: this name {}", source.path, advice));
  }
  return complaints;
}

Complaints header_rule(const Source& source) {
  Complaints complaints;
  if (!source.is_header()) return complaints;
  if (!source.text.starts_with("//")) {
    complaints.push_back(fmt::format(
        "{}:1: open with a comment: purpose, who owns what, which threads may call", source.path));
  }
  if (source.text.find("\n#pragma once\n") == source.text.npos) {
    complaints.push_back(fmt::format("{}: add #pragma once", source.path));
  }
  return complaints;
}

namespace {

// Among the arguments of what is awaited: "co_await run(a ? b : *c)".
bool chooses_inside(std::string_view awaited) {
  const auto open = awaited.find_first_of("(;{");
  if (open == awaited.npos || awaited[open] != '(') return false;
  int depth = 0;
  for (const char c : awaited.substr(open)) {
    if (c == '(') ++depth;
    if (c == ')' && --depth == 0) return false;
    if (c == '?') return true;
  }
  return false;
}

}  // namespace

Complaints coroutine_rule(const Source& source) {
  constexpr std::string_view advice =
      "GCC 12 destroys a temporary aggregate, lambda or std::function inside a co_await "
      "expression twice; name it on a line of its own first";
  constexpr std::string_view both =
      "GCC 12 may evaluate both sides of a ?: inside a co_await expression; choose on a line of "
      "its own first";
  Complaints complaints;
  const std::string code = code_only(source.text);
  static const std::regex function(R"(^[^;{]*std::function\s*<)");
  static const std::regex bare_lambda(R"(^[^;{]*[(,]\s*\[\][^;{]*\{)");
  constexpr std::string_view word = "co_await";
  for (auto at = code.find(word); at != code.npos; at = code.find(word, at + word.size())) {
    const std::string_view rest = std::string_view(code).substr(at + word.size());
    const bool captures_nothing = std::regex_search(rest.begin(), rest.end(), bare_lambda);
    const bool braces = brace_inside(rest) && !captures_nothing;
    if (braces || std::regex_search(rest.begin(), rest.end(), function)) {
      complaints.push_back(fmt::format("{}:{}: {}", source.path, line_at(code, at), advice));
    }
    if (chooses_inside(rest)) {
      complaints.push_back(fmt::format("{}:{}: {}", source.path, line_at(code, at), both));
    }
  }
  return complaints;
}

Complaints finished_rule(const Source& source) {
  Complaints complaints;
  static const std::regex mark(R"(\b([T]ODO|[F]IXME|[X]XX)\b)");
  std::size_t number = 0;
  for (const auto line : lines_of(source.text)) {
    ++number;
    if (std::regex_search(line.begin(), line.end(), mark)) {
      complaints.push_back(
          fmt::format("{}:{}: do it now, or open an issue; a mark in the code is read by nobody",
                      source.path, number));
    }
  }
  return complaints;
}

Complaints shell_rule(const Source& source) {
  return found_in_code(source, R"((^|[^\w.>])(std::)?(system|popen)\s*\()",
                       "a shell reads quotes and spaces in a user's file as commands; use an "
                       "argument vector");
}

Complaints injector_rule(const Source& source) {
  Complaints complaints;
  const std::string name = std::filesystem::path(source.path).stem().string();
  if (source.text.find("Registered<FaultKind>") == source.text.npos ||
      source.text.find('"' + name + '"') == source.text.npos) {
    complaints.push_back(fmt::format(
        "{}: must register the fault kind \"{}\": people look for a kind in the file of its name",
        source.path, name));
  }
  return complaints;
}

Complaints catalogue_rule(const std::string& yaml) {
  Complaints complaints;
  std::set<std::string> keys;
  for (const auto& entry : YAML::Load(yaml)) {
    const auto key = entry.first.as<std::string>();
    if (!keys.insert(key).second) complaints.push_back(key + ": said twice; keys are unique");
    std::map<std::string, std::string> texts;
    for (const char* language : {"en", "fr"}) {
      if (entry.second.IsMap() && entry.second[language]) {
        texts[language] = entry.second[language].as<std::string>();
      }
      if (texts[language].empty()) {
        complaints.push_back(
            fmt::format("{}: no text in \"{}\"; reports are read in both "
                        "languages",
                        key, language));
      }
    }
    if (placeholders_of(texts["en"]) != placeholders_of(texts["fr"])) {
      complaints.push_back(key + ": the two languages name different {arguments}");
    }
  }
  return complaints;
}

}  // namespace reprise::tidy
