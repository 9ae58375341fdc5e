#include "harness/engine/drill/log_patterns.h"

#include <algorithm>

namespace reprise {
namespace {

void add_pattern(LogPatterns& patterns, const nlohmann::json& options) {
  const auto service = options.find("service");
  const auto matches = options.find("matches");
  if (service == options.end() || matches == options.end()) return;
  if (!service->is_string() || !matches->is_string()) return;
  const auto text = matches->get<std::string>();
  auto& known = patterns[service->get<std::string>()];
  if (std::ranges::find(known, text, &LogPattern::text) != known.end()) return;
  // Whoever asks for what is no pattern says so.
  if (auto pattern = Pattern::compile(text)) known.push_back({text, std::move(*pattern)});
}

void add_probe(LogPatterns& patterns, const ProbeSpec& probe) {
  if (probe.kind == "log") add_pattern(patterns, probe.options);
}

}  // namespace

LogPatterns log_patterns(const Plan& plan, const Scenario& scenario) {
  LogPatterns patterns;
  for (const AssertionSpec& assertion : scenario.assertions) {
    if (assertion.kind == "log") add_pattern(patterns, assertion.options);
  }
  for (const auto& [name, probe] : plan.probes) add_probe(patterns, probe);
  for (const auto& [name, service] : plan.services) {
    if (service.ready) add_probe(patterns, *service.ready);
  }
  return patterns;
}

void LogSearch::add(const LogSearch& other) {
  for (const auto& [pattern, lines] : other.found) found[pattern] += lines;
  unsearched = unsearched || other.unsearched;
}

void search_line(const PrintedLine& line, const std::vector<LogPattern>& patterns,
                 LogSearch& search) {
  search.unsearched = search.unsearched || line.more;
  const auto told = std::string_view(line.text).substr(0, line.told);
  for (const auto& [text, pattern] : patterns) {
    const bool found = line.more ? pattern.begins_in(line.text) : pattern.found_in(line.text);
    const bool before = found && !told.empty() && pattern.found_in(told);
    search.found[text] += found && !before ? 1 : 0;
  }
}

}  // namespace reprise
