// Writing a whole text, and why it could not be written, in words that say what to do about it.
//
// Threads: any.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace reprise {

// All of the text, however many calls it takes: 0, or the errno of the one that failed.
[[nodiscard]] int write_all(int descriptor, std::string_view text);
// Whether `reason`, an errno, says that there is no room left.
[[nodiscard]] bool is_full(int reason);
// "the disk of FOLDER is full" for a file in it, else what the system calls the reason.
[[nodiscard]] std::string write_failure(const std::filesystem::path& file, int reason);

}  // namespace reprise
