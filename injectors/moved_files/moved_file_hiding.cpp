// The half of MovedFile that keeps hiding what the system writes, however often it does.
//
// The system's versions are moved as they are, never read: one that is still being written when it
// is hidden is complete once its writer has finished. At no instant is there no file, and at none
// is the newest version without a name, so that a kill anywhere loses nothing.
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

#include "harness/journal/journal.h"
#include "injectors/moved_files/moved_file.h"

namespace reprise {

Result<struct stat> MovedFile::hide(const std::string& bytes, const timespec& modified) {
  for (const std::string& left : {stand_in(), next()}) {
    if (auto removed = remove(left); !removed) return std::unexpected(removed.error());
  }
  if (!look(digest())) {
    const auto written = write_new(digest(), sha256(bytes));
    if (!written) return std::unexpected(written.error());
  }
  const auto written = write_new(stand_in(), bytes, &modified);
  if (!written) return std::unexpected(written.error());
  const auto copy = look(stand_in());
  if (!copy) return trouble("write beside", ENOENT);
  // Under this name it is whole: one of the other name may be half written.
  if (auto moved = rename(stand_in(), swapped()); !moved) return std::unexpected(moved.error());
  if (::linkat(directory_, name_.c_str(), directory_, next().c_str(), 0) != 0) {
    const int code = errno;
    (void)remove(swapped());
    return trouble("keep what is written over", code);
  }
  if (auto kept = rename(next(), aside()); !kept) return std::unexpected(kept.error());
  if (auto swapped_in = swap_in(); !swapped_in) return std::unexpected(swapped_in.error());
  return *copy;
}

Result<void> MovedFile::swap_in() const {
  if (::renameat2(directory_, swapped().c_str(), directory_, name_.c_str(), RENAME_EXCHANGE) != 0) {
    // EINVAL: a file system that cannot exchange; there a version of this very instant is lost.
    if (errno == EINVAL) return rename(swapped(), name_);
    const int code = errno;
    (void)remove(swapped());
    return trouble("replace", code);
  }
  // Mostly the version that is kept already, or else one of the instant between; rename does
  // nothing when both names are of the same file.
  if (auto kept = rename(swapped(), aside()); !kept) return kept;
  return remove(swapped());
}

Result<void> MovedFile::show_newest(const timespec& modified) {
  for (const std::string& left : {stand_in(), next()}) {
    if (auto removed = remove(left); !removed) return removed;
  }
  if (look(swapped())) {
    if (!is_our_copy(swapped(), modified)) {
      if (auto kept = rename(swapped(), aside()); !kept) return kept;
    }
    if (auto removed = remove(swapped()); !removed) return removed;
  }
  if (look(aside()) && is_our_copy(name_, modified)) {
    if (auto shown = rename(aside(), name_); !shown) return shown;
  }
  if (auto removed = remove(aside()); !removed) return removed;
  // Last, since until here it tells our own copy from what the system has written.
  return remove(digest());
}

bool MovedFile::is_our_copy(const std::string& name, const timespec& modified) const {
  const auto seen = look(name);
  // Not to the nanosecond: some file systems keep every second one only.
  return seen && std::abs(seen->st_mtim.tv_sec - modified.tv_sec) <= 1 && is_our_file(name);
}

}  // namespace reprise
