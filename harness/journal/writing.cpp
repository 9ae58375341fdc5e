#include "harness/journal/writing.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace reprise {

int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : EIO;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

bool is_full(int reason) { return reason == ENOSPC || reason == EDQUOT; }

std::string write_failure(const std::filesystem::path& file, int reason) {
  if (!is_full(reason)) return std::strerror(reason);
  return fmt::format("the disk of {} is full", file.parent_path().string());
}

}  // namespace reprise
