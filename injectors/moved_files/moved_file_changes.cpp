// The changing half of MovedFile: what is done to the file, and how it is undone.
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "harness/journal/journal.h"
#include "harness/journal/writing.h"
#include "injectors/moved_files/moved_file.h"

namespace reprise {

bool MovedFile::same_file(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

Result<void> MovedFile::take_away() { return rename(name_, aside()); }

Result<void> MovedFile::replace(const std::string& bytes) {
  if (auto written = write_new(stand_in(), bytes); !written) return written;
  if (auto written = write_new(digest(), sha256(bytes)); !written) return written;
  // A second name first and one rename after it: there is no instant without a file, and none in
  // which the original has no name.
  if (::linkat(directory_, name_.c_str(), directory_, aside().c_str(), 0) != 0) {
    return trouble("keep the original of", errno);
  }
  return rename(stand_in(), name_);
}

Result<void> MovedFile::replace_by_folder() {
  const std::string folder = stand_in();
  if (::mkdirat(directory_, folder.c_str(), 0755) != 0) {
    return trouble("make a folder beside", errno);
  }
  const std::string inside = folder + "/" + mark();
  const int made = ::openat(directory_, inside.c_str(),
                            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (made < 0) return trouble("mark the folder beside", errno);
  ::close(made);
  if (auto moved = rename(name_, aside()); !moved) return moved;
  return rename(folder, name_);
}

Result<void> MovedFile::forbid() {
  if (::fchmodat(directory_, name_.c_str(), 0, AT_SYMLINK_NOFOLLOW) == 0) return {};
  return trouble("change the mode of", errno);
}

Result<void> MovedFile::put_back() {
  // A stand-in that never came to its place.
  if (const auto left = look(stand_in())) {
    const auto removed =
        S_ISDIR(left->st_mode) ? remove_our_folder(stand_in()) : remove(stand_in());
    if (!removed) return removed;
  }
  if (auto settled = settle_original(); !settled) return settled;
  // Last, since until here it tells our own file from one that the system has written.
  if (auto removed = remove(digest()); !removed) return removed;
  return allow_again();
}

Result<void> MovedFile::settle_original() const {
  const auto kept = look(aside());
  if (!kept) return {};
  const auto here = look(name_);
  if (!here) return restore_if_absent();
  if (same_file(*kept, *here)) return remove(aside());
  if (is_our_folder(name_)) {
    if (auto moved = rename(name_, stand_in()); !moved) return moved;
    if (auto restored = restore_if_absent(); !restored) return restored;
    return remove_our_folder(stand_in());
  }
  if (is_our_file(name_)) return rename(aside(), name_);
  return remove(aside());  // the system has rebuilt it: what it wrote stays
}

// Atomic: a file that the system writes at this very moment is not overwritten.
Result<void> MovedFile::restore_if_absent() const {
  if (::renameat2(directory_, aside().c_str(), directory_, name_.c_str(), RENAME_NOREPLACE) == 0) {
    return {};
  }
  if (errno != EEXIST && errno != EINVAL) return trouble("put back", errno);
  // EINVAL: a file system without RENAME_NOREPLACE; a link does not replace either.
  if (errno == EINVAL && ::linkat(directory_, aside().c_str(), directory_, name_.c_str(), 0) != 0 &&
      errno != EEXIST) {
    return trouble("put back", errno);
  }
  return remove(aside());
}

Result<void> MovedFile::allow_again() const {
  const auto here = look(name_);
  const bool ours = here && here->st_dev == seen_.st_dev && here->st_ino == seen_.st_ino;
  if (!ours || (here->st_mode & 07777) != 0 || mode() == 0) return {};
  if (::fchmodat(directory_, name_.c_str(), mode(), AT_SYMLINK_NOFOLLOW) == 0) return {};
  return trouble("restore the mode of", errno);
}

bool MovedFile::is_our_folder(const std::string& name) const {
  const auto folder = look(name);
  return folder && S_ISDIR(folder->st_mode) && look(name + "/" + mark()).has_value();
}

bool MovedFile::is_our_file(const std::string& name) const {
  const auto file = look(name);
  if (!file || !S_ISREG(file->st_mode)) return false;
  const auto size = static_cast<std::uint64_t>(file->st_size);
  if (size > most_bytes_read) return false;
  const auto bytes = read(name, size);
  const auto wanted = read(digest(), 64);
  return bytes && wanted && sha256(*bytes) == *wanted;
}

Result<void> MovedFile::write_new(const std::string& name, const std::string& bytes,
                                  const timespec* modified) const {
  const int file = ::openat(directory_, name.c_str(),
                            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return trouble("write beside", errno);
  int code = write_all(file, bytes);
  // Owner before mode: changing the owner clears the set-uid bits.
  if (code == 0 && ::fchown(file, seen_.st_uid, seen_.st_gid) != 0) code = errno;
  if (code == 0 && ::fchmod(file, mode()) != 0) code = errno;
  if (modified) {
    const timespec times[] = {{0, UTIME_OMIT}, *modified};
    if (code == 0 && ::futimens(file, times) != 0) code = errno;
  }
  ::close(file);
  if (code != 0) return trouble("write beside", code);
  return {};
}

Result<void> MovedFile::rename(const std::string& from, const std::string& to) const {
  if (::renameat(directory_, from.c_str(), directory_, to.c_str()) == 0) return {};
  return trouble("rename", errno);
}

Result<void> MovedFile::remove(const std::string& name) const {
  if (::unlinkat(directory_, name.c_str(), 0) == 0 || errno == ENOENT) return {};
  return trouble("tidy up beside", errno);
}

Result<void> MovedFile::remove_our_folder(const std::string& name) const {
  const std::string inside = name + "/" + mark();
  if (auto removed = remove(inside); !removed) return removed;
  if (::unlinkat(directory_, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
  if (errno == ENOTEMPTY) {
    return failure("the system has written into the folder that stood for {}; it is now {}", path_,
                   name);
  }
  return trouble("tidy up beside", errno);
}

}  // namespace reprise
