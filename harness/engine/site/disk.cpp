#include "harness/engine/site/disk.h"

#include <cerrno>
#include <cstring>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace reprise {
namespace {

namespace fs = std::filesystem;

Result<void> copy_into(const fs::path& from, const fs::path& to) {
  std::error_code error;
  constexpr auto how = fs::copy_options::recursive | fs::copy_options::copy_symlinks;
  for (const auto& entry : fs::directory_iterator(from, error)) {
    if (!error) fs::copy(entry.path(), to / entry.path().filename(), how, error);
  }
  if (error) return failure("what {} holds does not fit: {}", from.string(), error.message());
  return {};
}

}  // namespace

Result<void> mount_disk(const fs::path& path, std::uint64_t size) {
  std::error_code error;
  fs::create_directories(path, error);
  struct stat before{};
  if (error || ::stat(path.c_str(), &before) != 0) {
    return failure("{} cannot be made", path.string());
  }
  // Filled aside and then moved over the folder, so that nobody meets it half filled.
  const fs::path aside = path.string() + ".reprise-disk";
  fs::create_directory(aside, error);
  const std::string options = fmt::format("size={},mode={:o}", size, before.st_mode & 07777);
  if (::mount("tmpfs", aside.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
    return failure("no file system can be mounted: {}", std::strerror(errno));
  }
  auto copied = copy_into(path, aside);
  if (!copied) return copied;
  if (::chown(aside.c_str(), before.st_uid, before.st_gid) != 0 ||
      ::mount(aside.c_str(), path.c_str(), nullptr, MS_MOVE, nullptr) != 0) {
    return failure("it cannot be mounted over {}: {}", path.string(), std::strerror(errno));
  }
  fs::remove(aside, error);
  return {};
}

Result<void> mount_shared_memory() {
  const char* place = "/dev/shm";
  if (::mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") == 0) return {};
  if (errno == ENOENT) return {};
  return failure("no file system can be mounted over {}: {}", place, std::strerror(errno));
}

}  // namespace reprise
