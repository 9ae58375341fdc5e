// A file system of a drill's own, in memory, of limited size. Needs private mounts (a sandbox).
//
// Threads: blocks the caller; only before anything uses the folder.
#pragma once

#include <cstdint>
#include <filesystem>

#include "harness/model/error.h"

namespace reprise {

// Mounts it over `path` (made when missing), with what the folder held and the folder's owner and
// mode. It is gone with the mount namespace.
Result<void> mount_disk(const std::filesystem::path& path, std::uint64_t size);

}  // namespace reprise
