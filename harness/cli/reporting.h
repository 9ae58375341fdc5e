// Choosing a live view, and writing every registered report into a folder.
//
// Ownership: values. Threads: the main thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "harness/judge/report.h"

namespace reprise {

// "terminal" when stdout is one (and `plain` was not asked for), else "plain"; NO_COLOR honoured.
[[nodiscard]] std::unique_ptr<LiveView> make_view(const std::string& language, bool plain);

// The language asked for, else that of LC_ALL, LC_MESSAGES or LANG: "fr" or "en".
[[nodiscard]] std::string choose_language(const std::string& asked);

// Removes the reports of an earlier run, so that none of them is taken for one of a run that never
// came to write its own; an error when one stays.
[[nodiscard]] Result<void> remove_reports(const std::filesystem::path& folder);

// Writes report.html, junit.xml, post-mortem.md, … whole or not at all (temporary file, rename).
[[nodiscard]] Result<void> write_reports(const Run& run, const std::filesystem::path& folder,
                                         const std::string& language);
// What a command ends with that could not write them: never 0, since nobody can read the results.
[[nodiscard]] int without_reports(int code);

}  // namespace reprise
