// Which files hold the same: what was read of one is remembered as long as it stays as it was, and
// only so much is read at a time.
//
// Ownership: kept by whoever looks again and again. Threads: one at a time.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <sys/stat.h>

namespace reprise {

// A file, whatever its name, as it is now.
struct FileState {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t modified = 0, changed = 0;  // nanoseconds

  static FileState of(const struct stat& status);
  auto operator<=>(const FileState&) const = default;
};

// SHA-256 of the whole file, or of so many of its first bytes; empty when it cannot be read.
[[nodiscard]] std::string file_digest(const std::filesystem::path& path,
                                      std::uintmax_t first_bytes = UINTMAX_MAX);

class BackupContents {
 public:
  // Before each look.
  void begin_look();
  // Of the file's beginning, and of all of it. Nothing when it cannot be read, or not in this look.
  std::optional<std::string> beginning(const std::filesystem::path& path, const FileState& state);
  std::optional<std::string> whole(const std::filesystem::path& path, const FileState& state);

 private:
  struct Known {
    std::string beginning, whole;
    bool asked = false;  // in this look
  };
  std::map<FileState, Known> known_;
  std::uintmax_t left_ = 0;  // bytes that may still be read in this look
};

}  // namespace reprise
