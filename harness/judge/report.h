// What a report renders: a run of drills, each a record and its verdict. Reports read nothing else,
// so the same journals give the same bytes. One .cpp a format in reports/, self-registering.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/judge/judge.h"

namespace reprise {

struct Drill {
  std::string journal;  // path relative to the report's folder, for links and manifests
  Record record;
  Verdict verdict;
};

// Drills in the order of their plans and scenarios; never empty.
struct Run {
  std::vector<Drill> drills;
};

struct ReportKind {
  std::string name;       // "html", "junit", "json"
  std::string file_name;  // "report.html"
  std::string summary;
  // `language` is "en" or "fr".
  std::function<std::string(const Run& run, const std::string& language)> render;
};

// Follows journals while they are written and tells a person what happens. Fed by the CLI with
// whole lines; never looks at anything but them.
class LiveView {
 public:
  virtual ~LiveView() = default;
  virtual void line(const std::string& drill, const nlohmann::json& event) = 0;
  virtual void finished(const Drill& drill) = 0;
  virtual void run_finished(const Run& run, const std::string& folder) = 0;
  // Called about ten times a second, for clocks; `elapsed` since the run began.
  virtual void tick(Duration elapsed) = 0;
};

struct LiveViewKind {
  std::string name;  // "terminal" (a person) or "plain" (a pipe)
  std::function<std::unique_ptr<LiveView>(const std::string& language, bool colour)> make;
};

}  // namespace reprise
