// A drill's folder with one file in it, "cache", and ways to look at them.
//
// Ownership: the folder goes with the fixture. Threads: one.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/fixed_surroundings.h"
#include "tests/support/temporary_folder.h"

namespace reprise {

inline const std::string file_content = "{\"mode\": \"nominal\", \"values\": [1, 2, 3, 4]}\n";

class FileFaults : public testing::Test {
 protected:
  FileFaults() {
    std::filesystem::create_directory(folder_.path() / "data");
    folder_.write("data/cache.json", file_content);
    std::filesystem::permissions(folder_.path() / "data/cache.json", std::filesystem::perms(0640));
    surroundings_.root = folder_.path();
    surroundings_.files["cache"] = folder_.path() / "data/cache.json";
  }

  // Everything a condition must leave as it was: names, inode, mode, owner, time, content.
  [[nodiscard]] std::string fingerprint() const {
    std::string print;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      struct stat seen{};
      ::lstat(entry.path().c_str(), &seen);
      print += fmt::format("{} {} {:o} {} {} ", entry.path().string(), seen.st_ino, seen.st_mode,
                           seen.st_uid, seen.st_gid);
      if (entry.is_regular_file()) print += fmt::format("{} ", seen.st_mtim.tv_nsec);
    }
    return print + now();
  }
  [[nodiscard]] std::string now() const { return folder_.read("data/cache.json"); }
  [[nodiscard]] long names() const {
    return std::distance(std::filesystem::directory_iterator(folder_.path() / "data"), {});
  }
  // As a program that reads the file: its text, or why it could not.
  [[nodiscard]] std::string reading() const {
    const int file = ::open((folder_.path() / "data/cache.json").c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return std::strerror(errno);
    char byte = 0;
    const bool failed = ::read(file, &byte, 1) < 0;
    const std::string reason = failed ? std::strerror(errno) : now();
    ::close(file);
    return reason;
  }

  TemporaryFolder folder_;
  FixedSurroundings surroundings_;
};

}  // namespace reprise
