#include "injectors/failing_disk/pass_through.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FUSE_USE_VERSION 31
#include <fuse3/fuse.h>

#include "injectors/moved_files/nameless_files.h"

namespace reprise {
namespace {

struct Served {
  int root;
  DiskOrders& orders;
};

// An open file or folder, and the name by which it was opened.
struct Opened {
  int descriptor;
  std::string path;
};

const Served& served() { return *static_cast<Served*>(fuse_get_context()->private_data); }
int root() { return served().root; }
int asked(DiskOperation what, const std::string& path) { return served().orders.asked(what, path); }

// The kernel's names begin with a slash.
const char* below(const char* path) { return path[1] ? path + 1 : "."; }

Opened& opened(const fuse_file_info* info) { return *reinterpret_cast<Opened*>(info->fh); }

int answer(int result) { return result < 0 ? -errno : 0; }

// By descriptor where the call has one: the path is null once the file has been unlinked.
template <class ByDescriptor, class ByPath>
int either(const char* path, const fuse_file_info* info, const ByDescriptor& by_descriptor,
           const ByPath& by_path) {
  return answer(info ? by_descriptor(opened(info).descriptor) : by_path(below(path)));
}

// Whoever asked owns what was made; of a folder that hands on its group, the group stays.
int give_away(const char* path) {
  const fuse_context* who = fuse_get_context();
  struct stat folder{};
  const std::string name = below(path);
  const auto slash = name.rfind('/');
  const std::string parent = slash == name.npos ? "." : name.substr(0, slash);
  if (::fstatat(root(), parent.c_str(), &folder, 0) != 0) return -errno;
  const gid_t group = (folder.st_mode & S_ISGID) ? static_cast<gid_t>(-1) : who->gid;
  return answer(::fchownat(root(), name.c_str(), who->uid, group, AT_SYMLINK_NOFOLLOW));
}

template <class Make>
int create_name(const char* path, const Make& make) {
  if (const int error = asked(DiskOperation::create, below(path))) return -error;
  return make(below(path)) < 0 ? -errno : give_away(path);
}

int open_into(fuse_file_info* info, const char* path, int descriptor) {
  if (descriptor < 0) return -errno;
  info->fh = reinterpret_cast<std::uint64_t>(new Opened{descriptor, below(path)});
  return 0;
}

// The kernel tells the offset of everything that is appended, and a disk in memory knows no direct
// access.
int flags_beneath(const fuse_file_info* info) {
  return (info->flags & ~(O_APPEND | O_DIRECT)) | O_CLOEXEC;
}

int get_attributes(const char* path, struct stat* found, fuse_file_info* info) {
  const int outcome = either(
      path, info, [&](int file) { return ::fstat(file, found); },
      [&](const char* name) { return ::fstatat(root(), name, found, AT_SYMLINK_NOFOLLOW); });
  if (outcome == 0 && path && nameless(path)) --found->st_nlink;
  return outcome;
}

int read_link(const char* path, char* target, std::size_t size) {
  const auto length = ::readlinkat(root(), below(path), target, size - 1);
  if (length < 0) return -errno;
  target[length] = '\0';
  return 0;
}

int make_node(const char* path, mode_t mode, dev_t device) {
  return create_name(path, [&](const char* name) { return ::mknodat(root(), name, mode, device); });
}

int make_folder(const char* path, mode_t mode) {
  return create_name(path, [&](const char* name) { return ::mkdirat(root(), name, mode); });
}

int make_symbolic_link(const char* target, const char* path) {
  return create_name(path, [&](const char* name) { return ::symlinkat(target, root(), name); });
}

// Its owner is the file's.
int make_link(const char* from, const char* to) {
  if (const int error = asked(DiskOperation::create, below(to))) return -error;
  return answer(::linkat(root(), below(from), root(), below(to), 0));
}

int remove_file(const char* path) {
  // It has been asked for when the file lost its own name.
  const int error = nameless(path) ? 0 : asked(DiskOperation::unlink, below(path));
  return error ? -error : answer(::unlinkat(root(), below(path), 0));
}

int remove_folder(const char* path) {
  if (const int error = asked(DiskOperation::unlink, below(path))) return -error;
  if (::unlinkat(root(), below(path), AT_REMOVEDIR) == 0) return 0;
  if (errno != ENOTEMPTY) return -errno;
  remove_nameless(root(), below(path));
  return answer(::unlinkat(root(), below(path), AT_REMOVEDIR));
}

int rename_to(const char* from, const char* to, unsigned flags) {
  const auto what = nameless(to) ? DiskOperation::unlink : DiskOperation::rename;
  if (const int error = asked(what, below(from))) return -error;
  return answer(::renameat2(root(), below(from), root(), below(to), flags));
}

int change_mode(const char* path, mode_t mode, fuse_file_info* info) {
  return either(
      path, info, [&](int file) { return ::fchmod(file, mode); },
      [&](const char* name) { return ::fchmodat(root(), name, mode, 0); });
}

int change_owner(const char* path, uid_t user, gid_t group, fuse_file_info* info) {
  return either(
      path, info, [&](int file) { return ::fchown(file, user, group); },
      [&](const char* name) { return ::fchownat(root(), name, user, group, AT_SYMLINK_NOFOLLOW); });
}

int change_times(const char* path, const timespec times[2], fuse_file_info* info) {
  return either(
      path, info, [&](int file) { return ::futimens(file, times); },
      [&](const char* name) { return ::utimensat(root(), name, times, AT_SYMLINK_NOFOLLOW); });
}

int change_size(const char* path, off_t size, fuse_file_info* info) {
  const std::string name = info ? opened(info).path : below(path);
  if (const int error = asked(DiskOperation::write, name)) return -error;
  if (info) return answer(::ftruncate(opened(info).descriptor, size));
  const int file = ::openat(root(), name.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return -errno;
  const int outcome = answer(::ftruncate(file, size));
  ::close(file);
  return outcome;
}

int open_file(const char* path, fuse_file_info* info) {
  if (const int error = asked(DiskOperation::open, below(path))) return -error;
  return open_into(info, path, ::openat(root(), below(path), flags_beneath(info)));
}

int create_file(const char* path, mode_t mode, fuse_file_info* info) {
  if (const int error = asked(DiskOperation::create, below(path))) return -error;
  const int file = ::openat(root(), below(path), flags_beneath(info) | O_CREAT, mode);
  const int failed = open_into(info, path, file);
  return failed ? failed : give_away(path);
}

int read_file(const char*, char* bytes, std::size_t size, off_t offset, fuse_file_info* info) {
  const Opened& file = opened(info);
  if (const int error = asked(DiskOperation::read, file.path)) return -error;
  const auto count = ::pread(file.descriptor, bytes, size, offset);
  return count < 0 ? -errno : static_cast<int>(count);
}

int write_file(const char*, const char* bytes, std::size_t size, off_t offset,
               fuse_file_info* info) {
  const Opened& file = opened(info);
  if (const int error = asked(DiskOperation::write, file.path)) return -error;
  const auto count = ::pwrite(file.descriptor, bytes, size, offset);
  return count < 0 ? -errno : static_cast<int>(count);
}

int allocate(const char*, int mode, off_t offset, off_t length, fuse_file_info* info) {
  const Opened& file = opened(info);
  if (const int error = asked(DiskOperation::write, file.path)) return -error;
  return answer(::fallocate(file.descriptor, mode, offset, length));
}

int synchronize(const char*, int only_data, fuse_file_info* info) {
  const Opened& file = opened(info);
  if (const int error = asked(DiskOperation::fsync, file.path)) return -error;
  return answer(only_data ? ::fdatasync(file.descriptor) : ::fsync(file.descriptor));
}

off_t seek(const char*, off_t offset, int from, fuse_file_info* info) {
  const off_t found = ::lseek(opened(info).descriptor, offset, from);
  return found < 0 ? -errno : found;
}

int close_opened(const char*, fuse_file_info* info) {
  const std::unique_ptr<Opened> last(&opened(info));
  ::close(last->descriptor);
  return 0;
}

int get_room(const char*, struct statvfs* room) { return answer(::fstatvfs(root(), room)); }

int open_folder(const char* path, fuse_file_info* info) {
  return open_into(info, path, ::openat(root(), below(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

// The whole folder at once: the library keeps it for whoever reads on.
int read_folder(const char*, void* names, fuse_fill_dir_t fill, off_t, fuse_file_info* info,
                fuse_readdir_flags) {
  return walk_folder(opened(info).descriptor, [&](const dirent& entry) {
    if (nameless(entry.d_name)) return true;
    struct stat about{};
    about.st_ino = entry.d_ino;
    about.st_mode = DTTOIF(entry.d_type);
    return fill(names, entry.d_name, &about, 0, fuse_fill_dir_flags{}) == 0;
  });
}

void* configure(fuse_conn_info*, fuse_config* config) {
  config->use_ino = 1;
  return fuse_get_context()->private_data;
}

fuse_operations all_operations() {
  fuse_operations all{};
  all.init = configure;
  all.getattr = get_attributes;
  all.readlink = read_link;
  all.mknod = make_node;
  all.mkdir = make_folder;
  all.symlink = make_symbolic_link;
  all.link = make_link;
  all.unlink = remove_file;
  all.rmdir = remove_folder;
  all.rename = rename_to;
  all.chmod = change_mode;
  all.chown = change_owner;
  all.utimens = change_times;
  all.truncate = change_size;
  all.open = open_file;
  all.create = create_file;
  all.read = read_file;
  all.write = write_file;
  all.fallocate = allocate;
  all.fsync = synchronize;
  all.lseek = seek;
  all.release = close_opened;
  all.statfs = get_room;
  all.opendir = open_folder;
  all.readdir = read_folder;
  all.releasedir = close_opened;
  all.fsyncdir = synchronize;
  return all;
}

}  // namespace

void serve_pass_through(int device, int root, DiskOrders& orders) {
  // The kernel has applied the mask of whoever asks.
  ::umask(0);
  Served served{root, orders};
  char name[] = "reprise";
  char* words[] = {name, nullptr};
  fuse_args arguments{1, words, 0};
  const fuse_operations operations = all_operations();
  fuse* const files = fuse_new(&arguments, &operations, sizeof operations, &served);
  if (!files) return;
  // It is mounted already: the library is only told where the requests come from.
  char mounted[32];
  std::snprintf(mounted, sizeof mounted, "/dev/fd/%d", device);
  if (fuse_mount(files, mounted) == 0) fuse_loop(files);
}

}  // namespace reprise
