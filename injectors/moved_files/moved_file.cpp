#include "injectors/moved_files/moved_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "harness/engine/descriptor.h"
#include "harness/journal/journal.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

std::string new_handle() {
  std::array<unsigned char, 6> bytes{};
  REPRISE_REQUIRE(::getentropy(bytes.data(), bytes.size()) == 0);
  std::string handle;
  for (const unsigned char byte : bytes) handle += fmt::format("{:02x}", byte);
  return handle;
}

// A handle becomes part of file names that are removed: nothing but what new_handle makes.
bool is_handle(const std::string& text) {
  return text.size() == 12 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// The folder that holds `path`, reached from `folder` without following a symbolic link.
// 0 for "it is not there".
Result<int> open_parent(const std::string& folder, const std::string& path) {
  const auto inside = std::filesystem::path(path).lexically_normal().lexically_relative(
      std::filesystem::path(folder).lexically_normal());
  if (inside.empty() || inside == "." || *inside.begin() == "..") {
    return std::unexpected(Error{fmt::format("{} lies outside the drill's folder {}", path, folder),
                                 "only the drill's own copy of the system is ever touched",
                                 {}});
  }
  Descriptor at(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (at.number() < 0 && errno == ENOENT) return 0;
  if (at.number() < 0) return failure("cannot open {}: {}", folder, std::strerror(errno));
  for (const auto& part : inside.parent_path()) {
    const int next =
        ::openat(at.number(), part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0 && errno == ENOENT) return 0;
    if (next < 0) {
      return failure("{} of {} is no folder, or a symbolic link, which is never followed",
                     part.string(), path);
    }
    at.reset(next);
  }
  return at.release();
}

}  // namespace

Result<MovedFile> MovedFile::find(const Surroundings& surroundings, const std::string& name) {
  const auto path = surroundings.file(name);
  if (!path) return std::unexpected(path.error());
  MovedFile file;
  file.folder_ = surroundings.folder().string();
  file.path_ = path->lexically_normal().string();
  file.name_ = path->filename().string();
  file.handle_ = new_handle();
  const auto parent = open_parent(file.folder_, file.path_);
  if (!parent) return std::unexpected(parent.error());
  if (*parent == 0) return failure("there is no file {}", file.path_);
  file.directory_ = *parent;
  const auto seen = file.look(file.name_);
  if (!seen) return failure("there is no file {}", file.path_);
  if (S_ISLNK(seen->st_mode)) {
    return failure("{} is a symbolic link, which is never followed", file.path_);
  }
  if (!S_ISREG(seen->st_mode)) return failure("{} is not a regular file", file.path_);
  file.seen_ = *seen;
  return file;
}

nlohmann::json MovedFile::receipt() const {
  nlohmann::json hash;
  if (size() <= most_bytes_read) {
    if (const auto bytes = read(size())) hash = sha256(*bytes);
  }
  return {{"folder", folder_},        {"path", path_},
          {"handle", handle_},        {"aside", aside()},
          {"size", size()},           {"mode", mode()},
          {"uid", seen_.st_uid},      {"gid", seen_.st_gid},
          {"device", seen_.st_dev},   {"inode", seen_.st_ino},
          {"sha256", std::move(hash)}};
}

Result<std::optional<MovedFile>> MovedFile::recall(const nlohmann::json& receipt) {
  MovedFile file;
  const auto text = [&](const char* name, std::string& into) -> Result<void> {
    auto value = receipt_field<std::string>(receipt, name);
    if (!value) return std::unexpected(value.error());
    into = std::move(*value);
    return {};
  };
  const auto number = [&](const char* name, auto& into) -> Result<void> {
    const auto value = receipt_field<std::uint64_t>(receipt, name);
    if (!value) return std::unexpected(value.error());
    into = static_cast<std::remove_reference_t<decltype(into)>>(*value);
    return {};
  };
  const std::array<Result<void>, 9> all{
      text("folder", file.folder_),       text("path", file.path_),
      text("handle", file.handle_),       number("size", file.seen_.st_size),
      number("mode", file.seen_.st_mode), number("uid", file.seen_.st_uid),
      number("gid", file.seen_.st_gid),   number("device", file.seen_.st_dev),
      number("inode", file.seen_.st_ino)};
  for (const auto& one : all) {
    if (!one) return std::unexpected(one.error());
  }
  if (!is_handle(file.handle_)) return failure("\"{}\" is no handle of ours", file.handle_);
  file.name_ = std::filesystem::path(file.path_).filename().string();
  const auto parent = open_parent(file.folder_, file.path_);
  if (!parent) return std::unexpected(parent.error());
  if (*parent == 0) return std::nullopt;
  file.directory_ = *parent;
  return std::optional<MovedFile>(std::move(file));
}

MovedFile::MovedFile(MovedFile&& other) noexcept
    : folder_(std::move(other.folder_)),
      path_(std::move(other.path_)),
      name_(std::move(other.name_)),
      handle_(std::move(other.handle_)),
      seen_(other.seen_),
      directory_(std::exchange(other.directory_, -1)) {}

MovedFile& MovedFile::operator=(MovedFile&& other) noexcept {
  folder_.swap(other.folder_);
  path_.swap(other.path_);
  name_.swap(other.name_);
  handle_.swap(other.handle_);
  std::swap(seen_, other.seen_);
  std::swap(directory_, other.directory_);
  return *this;
}

MovedFile::~MovedFile() {
  if (directory_ >= 0) ::close(directory_);
}

std::string MovedFile::own_name(std::string_view end) const {
  // Long names are cut: a name may have 255 bytes, and the handle alone makes ours unique.
  return fmt::format(".reprise-{}-{}{}", handle_, name_.substr(0, 200), end);
}

std::optional<struct stat> MovedFile::look(const std::string& name) const {
  struct stat seen{};
  if (::fstatat(directory_, name.c_str(), &seen, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return seen;
}

std::unexpected<Error> MovedFile::trouble(std::string_view doing, int code) const {
  return failure("cannot {} {}: {}", doing, path_, std::strerror(code));
}

Result<std::string> MovedFile::read(std::uint64_t count) const { return read(name_, count); }

Result<std::string> MovedFile::read(const std::string& name, std::uint64_t count) const {
  if (count > most_bytes_read) {
    return failure("{} is too large: at most {} bytes of it are kept", path_, most_bytes_read);
  }
  // Not blocking: should a fifo have come up in its place, opening it must not hang.
  const Descriptor file(
      ::openat(directory_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.number() < 0) return trouble("read", errno);
  std::string bytes;
  std::array<char, 65536> piece{};
  while (bytes.size() < count) {
    const std::size_t wanted = std::min<std::uint64_t>(piece.size(), count - bytes.size());
    const ssize_t got = ::read(file.number(), piece.data(), wanted);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return trouble("read", errno);
    if (got == 0) break;
    bytes.append(piece.data(), static_cast<std::size_t>(got));
  }
  return bytes;
}

}  // namespace reprise
