// The house rules, each a pure function from one source file to what is wrong with it, so that the
// rules themselves can be tested. Complaints teach: they say why and what to do instead.
//
// Ownership: plain values. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reprise::tidy {

struct Source {
  std::string path;  // relative to the repository: "harness/judge/judge.h"
  std::string text;

  [[nodiscard]] bool is_header() const { return path.ends_with(".h"); }
  [[nodiscard]] bool within(std::string_view folder) const { return path.starts_with(folder); }
};

using Complaints = std::vector<std::string>;

Complaints include_rule(const Source& source);
Complaints heavy_header_rule(const Source& source);
Complaints size_rule(const Source& source);
Complaints naming_rule(const Source& source);
Complaints header_rule(const Source& source);
Complaints coroutine_rule(const Source& source);
Complaints finished_rule(const Source& source);
Complaints shell_rule(const Source& source);
Complaints injector_rule(const Source& source);
// reports/messages.yaml.
Complaints catalogue_rule(const std::string& yaml);

// The same text with comments and the insides of literals blanked, line breaks kept.
std::string code_only(std::string_view text);

}  // namespace reprise::tidy
