#include "harness/cli/reporting.h"

#include <cstdlib>
#include <fstream>

#include <unistd.h>

#include "harness/model/registry.h"

namespace reprise {

std::unique_ptr<LiveView> make_view(const std::string& language, bool plain) {
  const bool terminal = !plain && ::isatty(STDOUT_FILENO) == 1;
  const char* no_colour = std::getenv("NO_COLOR");
  const bool colour = terminal && !(no_colour && *no_colour);
  const auto* kind = Registry<LiveViewKind>::find(terminal ? "terminal" : "plain");
  REPRISE_REQUIRE(kind);
  return kind->make(language, colour);
}

std::string choose_language(const std::string& asked) {
  if (!asked.empty()) return asked;
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value && *value) return std::string_view(value).starts_with("fr") ? "fr" : "en";
  }
  return "en";
}

Result<void> remove_reports(const std::filesystem::path& folder) {
  for (const ReportKind* kind : Registry<ReportKind>::all()) {
    const auto path = folder / kind->file_name;
    std::error_code error;
    std::filesystem::remove(path, error);
    if (error) {
      return failure("the earlier report {} cannot be removed: {}", path.string(), error.message());
    }
  }
  return {};
}

Result<void> write_reports(const Run& run, const std::filesystem::path& folder,
                           const std::string& language) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const ReportKind* kind : Registry<ReportKind>::all()) {
    const auto path = folder / kind->file_name;
    auto temporary = path;
    temporary += ".new";
    std::ofstream file(temporary, std::ios::binary);
    file << kind->render(run, language);
    file.close();
    if (file) std::filesystem::rename(temporary, path, error);
    if (!file || error) return failure("the report {} cannot be written", path.string());
  }
  return {};
}

}  // namespace reprise
