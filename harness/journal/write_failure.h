// Why something could not be written, in words that say what to do about it.
//
// Threads: any.
#pragma once

#include <filesystem>
#include <string>

namespace reprise {

// Whether `reason`, an errno, says that there is no room left.
[[nodiscard]] bool is_full(int reason);
// "the disk of FOLDER is full" for a file in it, else what the system calls the reason.
[[nodiscard]] std::string write_failure(const std::filesystem::path& file, int reason);

}  // namespace reprise
