#include "injectors/failing_disk/faulty_disk.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/engine/descriptor.h"
#include "injectors/failing_disk/pass_through.h"

namespace reprise {
namespace {

std::unexpected<Error> no_device(int reason) {
  return std::unexpected(
      Error{fmt::format("/dev/fuse cannot be opened: {}", std::strerror(reason)),
            reason == ENOENT || reason == ENODEV
                ? "load the kernel's module: modprobe fuse"
                : "let everybody open it, as most systems do: chmod 666 /dev/fuse",
            {}});
}

// Keeps nothing of the program's open: whoever waits for the end of a pipe or a lock of the program
// must not wait for this process.
[[noreturn]] void be_the_server(pid_t parent, int device, int root, DiskOrders& orders) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Before that call the parent's death would have gone unnoticed.
  if (::getppid() != parent) ::_exit(0);
  // It ends when nobody has it mounted any more, and not when somebody wants the drill to end.
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(number, SIG_IGN);
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int stream : {0, 1, 2}) ::dup2(nowhere, stream);
  // Aside first: either may have the other's place.
  const int aside = ::fcntl(device, F_DUPFD, 5);
  ::dup2(root, 4);
  ::dup2(aside, 3);
  ::syscall(SYS_close_range, 5, ~0U, 0);
  serve_pass_through(3, 4, orders);
  ::_exit(0);
}

}  // namespace

FaultyDisk::FaultyDisk(std::filesystem::path path) : path_(std::move(path)) {
  void* shared = ::mmap(nullptr, sizeof(DiskOrders), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  REPRISE_REQUIRE(shared != MAP_FAILED);
  orders_ = new (shared) DiskOrders;
}

FaultyDisk::~FaultyDisk() {
  if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  if (child_ > 0) {
    ::kill(child_, SIGKILL);
    while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  ::munmap(orders_, sizeof(DiskOrders));
}

Result<std::unique_ptr<Instrument>> FaultyDisk::install(const std::string& disk,
                                                        const Foundation& foundation) {
  const auto path = foundation.surroundings.disk(disk);
  if (!path) return std::unexpected(path.error());
  std::unique_ptr<FaultyDisk> installed(new FaultyDisk(*path));
  if (auto served = installed->mount_and_serve(); !served) return std::unexpected(served.error());
  struct stat seen{};
  if (::stat(path->c_str(), &seen) != 0) {
    return failure("{} is not served: {}", path->string(), std::strerror(errno));
  }
  return installed;
}

Result<void> FaultyDisk::mount_and_serve() {
  const Descriptor root(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (root.number() < 0) return failure("{}: {}", path_.string(), std::strerror(errno));
  const Descriptor device(::open("/dev/fuse", O_RDWR | O_CLOEXEC));
  if (device.number() < 0) return no_device(errno);
  // Every user of the drill may come in; the kernel checks owners and modes.
  const std::string options =
      fmt::format("fd={},rootmode=40000,user_id={},group_id={},default_permissions,allow_other",
                  device.number(), ::geteuid(), ::getegid());
  if (::mount("reprise", path_.c_str(), "fuse", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
    return failure("no FUSE file system can be mounted: {}", std::strerror(errno));
  }
  mounted_ = true;
  const pid_t parent = ::getpid();
  child_ = ::fork();
  if (child_ == 0) be_the_server(parent, device.number(), root.number(), *orders_);
  if (child_ < 0) return failure("no process can be started: {}", std::strerror(errno));
  return {};
}

}  // namespace reprise
