#include "harness/engine/site/system_copy.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/engine/descriptor.h"
#include "harness/engine/site/out_folder.h"
#include "harness/journal/writing.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

constexpr int deepest = 64;  // also what ends a circle of links that lead outside and back

std::unexpected<Error> system_failure(const char* what, const fs::path& path) {
  return failure("cannot {} {}: {}", what, path.string(), std::strerror(errno));
}

Result<void> copy_times(const struct stat& of, const fs::path& to) {
  const timespec times[2] = {of.st_atim, of.st_mtim};
  if (::utimensat(AT_FDCWD, to.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0) return {};
  return system_failure("set the times of", to);
}

bool copy_bytes(int in, int out) {
  if (::ioctl(out, FICLONE, in) == 0) return true;
  while (true) {
    const auto copied = ::copy_file_range(in, nullptr, out, nullptr, 1 << 30, 0);
    if (copied > 0) continue;
    if (copied == 0) return true;
    if (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP) return false;
    break;
  }
  char buffer[64 << 10];
  while (true) {
    const auto got = ::read(in, buffer, sizeof buffer);
    if (got <= 0) return got == 0;
    const std::string_view bytes(buffer, static_cast<std::size_t>(got));
    if (write_all(out, bytes) != 0) return false;
  }
}

Result<void> copy_file(const fs::path& from, const struct stat& status, const fs::path& to) {
  const Descriptor in(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.number() < 0) return system_failure("read", from);
  const Descriptor out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (out.number() < 0) return system_failure("create", to);
  if (!copy_bytes(in.number(), out.number())) return system_failure("copy", from);
  if (::fchmod(out.number(), status.st_mode & 07777) != 0) return system_failure("set mode of", to);
  return copy_times(status, to);
}

bool inside(const fs::path& path, const fs::path& root) {
  const auto relative = path.lexically_relative(root);
  return !relative.empty() && *relative.begin() != "..";
}

// `root` is canonical; `from` lies in it.
struct Copier {
  fs::path root;
  int depth = 0;

  Result<void> folder(const fs::path& from, const struct stat& status, const fs::path& to) {
    if (depth > 0 && is_out_folder(from)) return {};
    if (depth >= deepest) return failure("{} is nested too deeply to copy", from.string());
    // Writable while it is filled, whatever the original says.
    if (::mkdir(to.c_str(), 0700) != 0) return system_failure("make", to);
    std::error_code error;
    fs::directory_iterator entries(from, error);
    if (error) return failure("cannot read {}: {}", from.string(), error.message());
    ++depth;
    while (entries != fs::directory_iterator()) {
      const fs::path entry = entries->path();
      if (auto done = any(entry, to / entry.filename()); !done) return done;
      entries.increment(error);
      if (error) return failure("cannot read {}: {}", from.string(), error.message());
    }
    --depth;
    if (::chmod(to.c_str(), status.st_mode & 07777) != 0) return system_failure("set mode of", to);
    return copy_times(status, to);
  }

  Result<void> link(const fs::path& from, const struct stat& status, const fs::path& to) {
    std::error_code error;
    const fs::path text = fs::read_symlink(from, error);
    const fs::path parent = fs::weakly_canonical(from.parent_path(), error);
    const fs::path target = fs::weakly_canonical(parent / text, error);
    if (error) return failure("cannot follow {}: {}", from.string(), error.message());
    if (inside(target, root)) {
      // Never the absolute path, which would lead back to the original.
      const fs::path relative = text.is_absolute() ? target.lexically_relative(parent) : text;
      if (::symlink(relative.c_str(), to.c_str()) != 0) return system_failure("make", to);
      return copy_times(status, to);
    }
    struct stat pointed{};
    if (::stat(from.c_str(), &pointed) != 0) {
      return std::unexpected(
          Error{fmt::format("{} points to {}, which is outside the system's "
                            "folder and cannot be copied: {}",
                            from.string(), target.string(), std::strerror(errno)),
                "remove the link, or give it a target",
                {}});
    }
    Copier other{target, depth};
    return other.known(target, pointed, to);
  }

  Result<void> any(const fs::path& from, const fs::path& to) {
    struct stat status{};
    if (::lstat(from.c_str(), &status) != 0) return system_failure("look at", from);
    if (S_ISLNK(status.st_mode)) return link(from, status, to);
    return known(from, status, to);
  }

  Result<void> known(const fs::path& from, const struct stat& status, const fs::path& to) {
    if (S_ISDIR(status.st_mode)) return folder(from, status, to);
    if (S_ISREG(status.st_mode)) return copy_file(from, status, to);
    if (S_ISSOCK(status.st_mode) || S_ISFIFO(status.st_mode)) return {};
    return failure("{} is a device: it is not copied", from.string());
  }
};

}  // namespace

Result<void> copy_system(const fs::path& from, const fs::path& to) {
  std::error_code error;
  const fs::path root = fs::canonical(from, error);
  if (error) return failure("cannot read {}: {}", from.string(), error.message());
  struct stat status{};
  if (::stat(root.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return failure("{} is not a folder", from.string());
  }
  if (inside(fs::weakly_canonical(to, error), root)) {
    return failure("{} lies in {}: it would be copied into itself", to.string(), from.string());
  }
  Copier copier{root};
  return copier.folder(root, status, to);
}

}  // namespace reprise
