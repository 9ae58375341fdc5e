#include "harness/journal/write_failure.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace reprise {

bool is_full(int reason) { return reason == ENOSPC || reason == EDQUOT; }

std::string write_failure(const std::filesystem::path& file, int reason) {
  if (!is_full(reason)) return std::strerror(reason);
  return fmt::format("the disk of {} is full", file.parent_path().string());
}

}  // namespace reprise
