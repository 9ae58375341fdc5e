#include "injectors/wrong_clock/skewed_clock.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

// The library as it was built: its first byte, and the one after its last.
asm(".pushsection .rodata\n"
    "reprise_preload_clock: .incbin \"" REPRISE_PRELOAD_CLOCK
    "\"\n"
    "reprise_preload_clock_end:\n"
    ".popsection");
extern "C" const char reprise_preload_clock[];
extern "C" const char reprise_preload_clock_end[];

namespace reprise {
namespace {

// For every user: a service may have become somebody else than the drill.
Result<void> write_file(const std::filesystem::path& path, std::string_view bytes, mode_t mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return failure("cannot make {}: {}", path.string(), std::strerror(errno));
  const bool written =
      ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
      ::fchmod(file, mode) == 0;
  const int reason = errno;
  ::close(file);
  if (written) return {};
  return failure("cannot write {}: {}", path.string(), std::strerror(reason));
}

// Whether a program can load what lies in that folder.
Result<void> check_loadable(const std::filesystem::path& folder) {
  constexpr const char* remedy = "let TMPDIR name another folder";
  // What the loader takes for the end of a name.
  if (folder.string().find_first_of(" :") != std::string::npos) {
    return std::unexpected(Error{
        fmt::format("no library is loaded from {}, for the blank or colon in it", folder.string()),
        remedy,
        {}});
  }
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) == 0 && (disk.f_flag & ST_NOEXEC)) {
    return std::unexpected(
        Error{fmt::format("no library is loaded from {}: it is mounted noexec", folder.string()),
              remedy,
              {}});
  }
  return {};
}

}  // namespace

SkewedClock::SkewedClock(std::string service, std::filesystem::path library,
                         std::filesystem::path page)
    : service_(std::move(service)), library_(std::move(library)), page_(std::move(page)) {}

Result<std::unique_ptr<Instrument>> SkewedClock::install(const std::string& service,
                                                         const Foundation& foundation) {
  if (auto loadable = check_loadable(foundation.folder); !loadable) {
    return std::unexpected(loadable.error());
  }
  std::unique_ptr<SkewedClock> clock(
      new SkewedClock(service, foundation.folder / ("clock-" + service + ".so"),
                      foundation.folder / ("clock-" + service)));
  const std::string_view library(reprise_preload_clock, reprise_preload_clock_end);
  const ClockPage page;
  const std::string_view content(reinterpret_cast<const char*>(&page), sizeof page);
  auto done = write_file(clock->library_, library, 0755);
  if (done) done = write_file(clock->page_, content, 0666);
  if (!done) return std::unexpected(done.error());
  return clock;
}

std::vector<std::string> SkewedClock::environment(std::string_view service) const {
  if (service != service_) return {};
  return {"LD_PRELOAD=" + library_.string(),
          fmt::format("{}={}", clock_page_variable, page_.string())};
}

Result<std::unique_ptr<MappedClock>> MappedClock::open(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0 && (errno == ENOENT || errno == ENOTDIR)) return nullptr;
  if (file < 0) return failure("cannot open {}: {}", path.string(), std::strerror(errno));
  struct stat found{};
  void* mapped = MAP_FAILED;
  if (::fstat(file, &found) == 0 && found.st_size == sizeof(ClockPage)) {
    mapped = ::mmap(nullptr, sizeof(ClockPage), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  ::close(file);
  if (mapped == MAP_FAILED) return failure("{} is no clock of a drill", path.string());
  std::unique_ptr<MappedClock> clock(new MappedClock(static_cast<ClockPage*>(mapped)));
  if (clock->page().mark != clock_page_mark) {
    return failure("{} is no clock of a drill", path.string());
  }
  return clock;
}

MappedClock::~MappedClock() { ::munmap(page_, sizeof(ClockPage)); }

}  // namespace reprise
