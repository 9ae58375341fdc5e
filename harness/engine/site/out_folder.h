// The folder that a run writes its journals and reports into: one run at a time, and no part of a
// system under test even where it lies inside one.
//
// A folder that was empty, or was not there, is marked by a file in it; what copies and hashes a
// system leaves marked folders out. One that held something else before is never marked.
//
// Ownership: an OutFolder holds the lock until it, and every process forked meanwhile, is gone.
// Threads: any.
#pragma once

#include <filesystem>

#include "harness/engine/descriptor.h"
#include "harness/model/error.h"

namespace reprise {

// Whether a run marked it as its own; false of whatever cannot be looked at.
[[nodiscard]] bool is_out_folder(const std::filesystem::path& folder);

// Whether it lies in `system` in a way that would change the system: it holds other things, too, or
// is that folder itself.
[[nodiscard]] bool changes_system(const std::filesystem::path& out,
                                  const std::filesystem::path& system);

class OutFolder {
 public:
  // Makes it and locks it; an error, with a remedy, when another run holds it.
  static Result<OutFolder> claim(const std::filesystem::path& folder);
  OutFolder(OutFolder&& other) noexcept : lock_(other.lock_.release()) {}
  OutFolder& operator=(OutFolder&&) = delete;

 private:
  explicit OutFolder(int lock) : lock_(lock) {}
  Descriptor lock_;
};

}  // namespace reprise
