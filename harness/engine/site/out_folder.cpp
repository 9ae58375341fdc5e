#include "harness/engine/site/out_folder.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "harness/journal/writing.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

constexpr const char* lock_name = ".reprise.lock";
// In the lock's file where the folder is ours alone.
constexpr std::string_view out_mark = "Journals and reports of reprise, no part of any system.\n";

bool is_ours_or_empty(const fs::path& folder) {
  if (is_out_folder(folder)) return true;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) return error == std::errc::no_such_file_or_directory;
  for (; entries != fs::directory_iterator(); entries.increment(error)) {
    if (error || !entries->is_directory(error) || entries->is_symlink(error)) return false;
    if (!is_ours_or_empty(entries->path())) return false;
  }
  return true;
}

}  // namespace

bool is_out_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_regular_file(fs::symlink_status(folder / lock_name, error))) return false;
  std::ifstream file(folder / lock_name, std::ios::binary);
  std::string read(out_mark.size(), '\0');
  file.read(read.data(), static_cast<std::streamsize>(read.size()));
  return file && read == out_mark;
}

bool changes_system(const fs::path& out, const fs::path& system) {
  std::error_code error;
  const fs::path root = fs::weakly_canonical(fs::absolute(system, error), error);
  const fs::path path = fs::weakly_canonical(fs::absolute(out, error), error);
  if (error || root.empty()) return false;
  const fs::path inside = path.lexically_relative(root);
  if (inside.empty() || *inside.begin() == "..") return false;
  if (path == root) return true;
  for (fs::path above = path; above != root; above = above.parent_path()) {
    if (is_out_folder(above)) return false;
  }
  return !is_ours_or_empty(path);
}

Result<OutFolder> OutFolder::claim(const fs::path& folder) {
  std::error_code error;
  const bool ours = is_ours_or_empty(folder);
  fs::create_directories(folder, error);
  if (error) return failure("the folder {} cannot be made: {}", folder.string(), error.message());
  const fs::path path = folder / lock_name;
  OutFolder out(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  const int lock = out.lock_.number();
  if (lock < 0) {
    const std::string why = write_failure(path, errno);
    return failure("the folder {} cannot be written to: {}", folder.string(), why);
  }
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return failure("the folder {} cannot be locked: {}", folder.string(), std::strerror(errno));
    }
    return std::unexpected(
        Error{fmt::format("another run is writing to the folder {}", folder.string()),
              "wait for its end, or name another folder with --out",
              {}});
  }
  if (ours && !is_out_folder(folder)) {
    const auto written = ::pwrite(lock, out_mark.data(), out_mark.size(), 0);
    if (written != static_cast<ssize_t>(out_mark.size())) {
      const std::string why = write_failure(path, written < 0 ? errno : ENOSPC);
      return failure("the folder {} cannot be written to: {}", folder.string(), why);
    }
  }
  return out;
}

}  // namespace reprise
