#include "injectors/moved_files/nameless_files.h"

#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace reprise {

bool nameless(std::string_view path) {
  return path.substr(path.rfind('/') + 1).starts_with(".fuse_hidden");
}

int walk_folder(int folder, const std::function<bool(const dirent&)>& each) {
  const int again = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const names = again < 0 ? nullptr : ::fdopendir(again);
  if (!names) return -errno;
  while (const dirent* entry = ::readdir(names)) {
    if (!each(*entry)) break;
  }
  ::closedir(names);
  return 0;
}

void remove_nameless(int root, const char* folder) {
  const int opened = ::openat(root, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return;
  walk_folder(opened, [&](const dirent& entry) {
    if (nameless(entry.d_name)) ::unlinkat(opened, entry.d_name, 0);
    return true;
  });
  ::close(opened);
}

}  // namespace reprise
