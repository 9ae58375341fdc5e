#include "harness/observe/backup_contents.h"

#include <algorithm>
#include <array>
#include <fstream>

#include "harness/journal/sha256.h"

namespace reprise {
namespace {

constexpr std::uintmax_t first_bytes_read = 64 << 10;
constexpr std::uintmax_t most_in_a_look = std::uintmax_t{256} << 20;

std::int64_t nanoseconds_of(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileState FileState::of(const struct stat& status) {
  return {status.st_dev, status.st_ino, status.st_size, nanoseconds_of(status.st_mtim),
          nanoseconds_of(status.st_ctim)};
}

std::string file_digest(const std::filesystem::path& path, std::uintmax_t first_bytes) {
  std::ifstream file(path, std::ios::binary);
  RunningSha256 digest;
  std::array<char, 64 * 1024> block{};
  while (first_bytes > 0) {
    file.read(block.data(),
              static_cast<std::streamsize>(std::min<std::uintmax_t>(first_bytes, block.size())));
    const auto count = static_cast<std::size_t>(file.gcount());
    if (count == 0) break;
    digest.add({block.data(), count});
    first_bytes -= count;
  }
  return first_bytes == 0 || file.eof() ? digest.finish() : std::string();
}

void BackupContents::begin_look() {
  left_ = most_in_a_look;
  std::erase_if(known_, [](const auto& one) { return !one.second.asked; });
  for (auto& [state, known] : known_) known.asked = false;
}

std::optional<std::string> BackupContents::beginning(const std::filesystem::path& path,
                                                     const FileState& state) {
  Known& known = known_[state];
  known.asked = true;
  if (known.beginning.empty() && left_ >= first_bytes_read) {
    left_ -= first_bytes_read;
    known.beginning = file_digest(path, first_bytes_read);
  }
  return known.beginning.empty() ? std::nullopt : std::optional(known.beginning);
}

std::optional<std::string> BackupContents::whole(const std::filesystem::path& path,
                                                 const FileState& state) {
  Known& known = known_[state];
  known.asked = true;
  const auto size = static_cast<std::uintmax_t>(state.size);
  // A file larger than that is the only one that is read in a look.
  const bool allowed = left_ >= std::min(size, most_in_a_look);
  if (known.whole.empty() && allowed) {
    left_ -= std::min(size, left_);
    known.whole = file_digest(path);
  }
  return known.whole.empty() ? std::nullopt : std::optional(known.whole);
}

}  // namespace reprise
