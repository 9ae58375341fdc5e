#include "harness/engine/services/ports.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace reprise {
namespace {

constexpr int lowest_port = 10'000;

struct Range {
  int first;
  int last;
};

// Outside the kernel's own range, where any outgoing connection may take a port at any moment.
Result<Range> usable_ports() {
  int low = 32'768;
  int high = 60'999;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> low >> high;
  const Range below{lowest_port, low - 1};
  const Range above{std::max(high + 1, lowest_port), 65'535};
  const Range wider = below.last - below.first >= above.last - above.first ? below : above;
  if (wider.first <= wider.last) return wider;
  return std::unexpected(
      Error{fmt::format("the ephemeral ports {}-{} leave none from {} on for services", low, high,
                        lowest_port),
            "narrow net.ipv4.ip_local_port_range",
            {}});
}

// Ours alone: another user could otherwise take our locks, or lead them elsewhere.
Result<std::filesystem::path> lock_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  std::filesystem::path folder;
  if (runtime && *runtime == '/' && ::access(runtime, W_OK) == 0) {
    folder = std::filesystem::path(runtime) / "reprise-ports";
  } else {
    folder = fmt::format("/tmp/reprise-ports-{}", ::getuid());
  }
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return failure("cannot make {}: {}", folder.string(), std::strerror(errno));
  }
  struct stat found{};
  if (::lstat(folder.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) ||
      found.st_uid != ::getuid()) {
    return failure("{} is not a folder of this user", folder.string());
  }
  return folder;
}

bool can_bind(int family, const sockaddr* address, socklen_t size) {
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno == EAFNOSUPPORT;  // no IPv6 here: nobody can be in the way
  const bool bound = ::bind(descriptor, address, size) == 0;
  ::close(descriptor);
  return bound;
}

// On the wildcard addresses, so that somebody on any one address is seen.
bool is_free(std::uint16_t port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  if (!can_bind(AF_INET, reinterpret_cast<const sockaddr*>(&v4), sizeof v4)) return false;
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  return can_bind(AF_INET6, reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
}

}  // namespace

Result<PortLease> PortLease::take(std::string_view seed) {
  const auto range = usable_ports();
  if (!range) return std::unexpected(range.error());
  const auto folder = lock_folder();
  if (!folder) return std::unexpected(folder.error());

  const std::size_t count = static_cast<std::size_t>(range->last - range->first) + 1;
  const std::size_t start = std::hash<std::string_view>{}(seed) % count;
  for (std::size_t tried = 0; tried < count; ++tried) {
    const auto offset = static_cast<int>((start + tried) % count);
    const auto port = static_cast<std::uint16_t>(range->first + offset);
    const auto path = *folder / std::to_string(port);
    // The file stays when the lease ends: removing it would let two holders lock two files.
    const int lock = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0) return failure("cannot open {}: {}", path.string(), std::strerror(errno));
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0 && is_free(port)) return PortLease(port, lock);
    ::close(lock);
  }
  return failure("none of the ports {}-{} is free", range->first, range->last);
}

PortLease& PortLease::operator=(PortLease&& other) noexcept {
  std::swap(port_, other.port_);
  std::swap(lock_, other.lock_);
  return *this;
}

PortLease::~PortLease() {
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace reprise
