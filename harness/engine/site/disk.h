// File systems of a drill's own, in memory. Need private mounts (a sandbox).
//
// Threads: blocks the caller; only before anything uses the folder.
#pragma once

#include <cstdint>
#include <filesystem>

#include "harness/model/error.h"

namespace reprise {

// Mounts one of limited size over `path` (made when missing), with what the folder held and the
// folder's owner and mode. It is gone with the mount namespace.
Result<void> mount_disk(const std::filesystem::path& path, std::uint64_t size);

// Mounts one over /dev/shm: the shared memory and semaphores that a killed program leaves there by
// name are gone with the mount namespace. Nothing is done on a machine without that folder.
Result<void> mount_shared_memory();

}  // namespace reprise
