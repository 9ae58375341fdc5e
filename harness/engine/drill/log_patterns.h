// What is searched in the lines that services print: the patterns of the scenario's `log`
// assertions and of the plan's `log` probes. A line that is not kept whole is searched for them
// before it is cut or left out.
//
// Ownership: plain values. Threads: any.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/engine/services/printed_lines.h"
#include "harness/model/expectations/pattern.h"
#include "harness/model/scenario/scenario.h"

namespace reprise {

struct LogPattern {
  std::string text;
  Pattern pattern;
};

using LogPatterns = std::map<std::string, std::vector<LogPattern>, std::less<>>;  // by service

[[nodiscard]] LogPatterns log_patterns(const Plan& plan, const Scenario& scenario);

struct LogSearch {
  std::map<std::string, std::size_t> found;  // every pattern, and in how many lines
  bool unsearched = false;                   // there was more than what was searched

  void add(const LogSearch& other);
};

// Adds what is in one line; what was told of it before is not found again.
void search_line(const PrintedLine& line, const std::vector<LogPattern>& patterns,
                 LogSearch& search);

}  // namespace reprise
