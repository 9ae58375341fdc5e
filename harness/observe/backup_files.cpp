#include "harness/observe/backup_files.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <fstream>

#include <fnmatch.h>
#include <sys/stat.h>

#include "harness/journal/sha256.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

constexpr Duration clocks_differ = std::chrono::minutes(1);
constexpr std::string_view sum_suffix = ".sha256";

// Between 1970 and 2200: beyond, nanoseconds would overflow, and no backup is so old or so young.
UtcInstant instant_of(std::int64_t seconds) {
  constexpr std::int64_t latest = 7'258'118'400;
  return UtcInstant(std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, latest)));
}

std::optional<UtcInstant> date_in(const std::string& name, const std::string& format) {
  std::tm parts{};
  parts.tm_mday = 1;
  const char* const end = ::strptime(name.c_str(), format.c_str(), &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return instant_of(::timegm(&parts));
}

// Empty when it cannot be read to its end.
std::string digest_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  RunningSha256 digest;
  std::array<char, 64 * 1024> block{};
  while (file.read(block.data(), block.size()) || file.gcount() > 0) {
    digest.add({block.data(), static_cast<std::size_t>(file.gcount())});
  }
  return file.eof() ? digest.finish() : std::string();
}

std::string checksum_problem(const fs::path& path) {
  std::ifstream sums(path.string() + std::string(sum_suffix));
  std::string wanted;
  if (!(sums >> wanted)) return "it has no checksum beside it";
  std::ranges::transform(wanted, wanted.begin(), [](unsigned char c) { return std::tolower(c); });
  return digest_of(path) == wanted ? "" : "its content does not match its checksum";
}

std::string problem_of(const BackupFile& file, const struct stat& status, const BackupRules& rules,
                       UtcInstant now) {
  if (status.st_size == 0) return "it is empty";
  if (file.taken > now + clocks_differ) return "it is dated in the future";
  return rules.checksum ? checksum_problem(file.path) : "";
}

// Nothing when it is no backup, or gone meanwhile.
std::optional<BackupFile> backup_at(const fs::path& path, const std::string& name,
                                    const BackupRules& rules, UtcInstant now) {
  struct stat status{};
  if (name.ends_with(sum_suffix) || ::fnmatch(rules.files.c_str(), name.c_str(), 0) != 0 ||
      ::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  BackupFile file{path,
                  instant_of(status.st_mtim.tv_sec) + Duration(status.st_mtim.tv_nsec),
                  fmt::format("{} {} {}.{}", status.st_ino, status.st_size, status.st_ctim.tv_sec,
                              status.st_ctim.tv_nsec),
                  {}};
  if (!rules.dated.empty()) {
    const auto date = date_in(name, rules.dated);
    if (!date) return std::nullopt;
    file.taken = *date;
  }
  file.unsound = problem_of(file, status, rules, now);
  return file;
}

}  // namespace

Result<std::vector<BackupFile>> backup_files(const BackupRules& rules, UtcInstant now) {
  std::vector<BackupFile> out;
  std::error_code error;
  fs::recursive_directory_iterator entries(rules.folder, error);
  if (error == std::errc::no_such_file_or_directory) return out;
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename();
    if (name.starts_with('.')) {
      entries.disable_recursion_pending();  // still being written, as a rule
      continue;
    }
    if (auto file = backup_at(entries->path(), name, rules, now)) out.push_back(std::move(*file));
  }
  if (error) return failure("cannot read {}: {}", rules.folder.string(), error.message());
  std::ranges::sort(out, [](const BackupFile& left, const BackupFile& right) {
    return std::pair(left.taken, left.path) > std::pair(right.taken, right.path);
  });
  return out;
}

}  // namespace reprise
