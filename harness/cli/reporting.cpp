#include "harness/cli/reporting.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

#include "harness/engine/descriptor.h"
#include "harness/journal/writing.h"
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

namespace {

// 0, or the errno of what failed.
int write_whole(const std::filesystem::path& path, std::string_view text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (file.number() < 0) return errno;
  return write_all(file.number(), text);
}

}  // namespace

Result<void> write_reports(const Run& run, const std::filesystem::path& folder,
                           const std::string& language) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const ReportKind* kind : Registry<ReportKind>::all()) {
    const auto path = folder / kind->file_name;
    auto temporary = path;
    temporary += ".new";
    int reason = write_whole(temporary, kind->render(run, language));
    if (reason == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) reason = errno;
    if (reason == 0) continue;
    ::unlink(temporary.c_str());
    return failure("the report {} cannot be written: {}", path.string(),
                   write_failure(path, reason));
  }
  return {};
}

int without_reports(int code) { return code == 0 ? 3 : code; }

}  // namespace reprise
