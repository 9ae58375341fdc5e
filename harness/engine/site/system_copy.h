// A drill's own copy of a plan's system/ folder, so that drills never share a file.
//
// Threads: any; blocks the caller.
#pragma once

#include <filesystem>

#include "harness/model/error.h"

namespace reprise {

// Copies `from` to `to`, which must not exist yet. Data is shared with the original until written
// to, where the file system can do that. A symbolic link stays one when it points inside `from`;
// otherwise what it points to is copied, so that nothing outside is reached through the copy.
// Permissions and modification times are kept; sockets and pipes are left out.
Result<void> copy_system(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace reprise
