// A file's bytes at once.
//
// Threads: any; blocks the caller.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace reprise {

// Nothing when it cannot be opened. What cannot be read to its end (of a process that ends
// meanwhile) is as much as could be read.
[[nodiscard]] std::optional<std::string> read_whole(const std::filesystem::path& path);

}  // namespace reprise
