#include "harness/observe/backup_files.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include <fnmatch.h>
#include <sys/stat.h>

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

std::string checksum_problem(const fs::path& path) {
  std::ifstream sums(path.string() + std::string(sum_suffix));
  std::string wanted;
  if (!(sums >> wanted)) return "it has no checksum beside it";
  std::ranges::transform(wanted, wanted.begin(), [](unsigned char c) { return std::tolower(c); });
  return file_digest(path) == wanted ? "" : "its content does not match its checksum";
}

std::string problem_of(const BackupFile& file, const struct stat& status, const BackupRules& rules,
                       UtcInstant now) {
  if (status.st_size == 0) return "it is empty";
  if (file.taken > now + clocks_differ) return "it is dated in the future";
  return rules.checksum ? checksum_problem(file.path) : "";
}

// A name of a backup, and the file that it leads to.
struct NamedFile {
  BackupFile file;
  FileState state;
  bool link = false;
};

// Nothing when it is no backup, or gone meanwhile.
std::optional<NamedFile> backup_at(const fs::path& path, const BackupRules& rules, UtcInstant now) {
  const std::string name = path.filename();
  struct stat status{};
  if (name.ends_with(sum_suffix) || ::fnmatch(rules.files.c_str(), name.c_str(), 0) != 0 ||
      ::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  BackupFile file{path,
                  instant_of(status.st_mtim.tv_sec) + Duration(status.st_mtim.tv_nsec),
                  {},
                  fmt::format("{} {} {}.{}", status.st_ino, status.st_size, status.st_ctim.tv_sec,
                              status.st_ctim.tv_nsec),
                  {}};
  if (rules.dated) {
    const auto date = rules.dated->in(name);
    if (!date) return std::nullopt;
    if (*date) file.taken = **date;
    if (!*date) file.unsound = date->error().what;
  }
  file.oldest = file.taken;
  if (file.unsound.empty()) file.unsound = problem_of(file, status, rules, now);
  std::error_code ignored;
  return NamedFile{std::move(file), FileState::of(status), fs::is_symlink(path, ignored)};
}

// What the other is called, too: the newest name that is sound stands for both.
void unite(NamedFile& one, NamedFile other) {
  const auto rank = [](const NamedFile& named) {
    return std::tuple(named.file.unsound.empty(), !named.link, named.file.taken, named.file.path);
  };
  const auto oldest = std::min(one.file.oldest, other.file.oldest);
  if (rank(other) > rank(one)) std::swap(one, other);
  one.file.oldest = oldest;
}

std::vector<NamedFile> united_by_inode(std::vector<NamedFile> named) {
  std::map<std::pair<dev_t, ino_t>, NamedFile> files;
  for (NamedFile& one : named) {
    const std::pair inode(one.state.device, one.state.inode);
    const auto known = files.find(inode);
    if (known == files.end()) {
      files.emplace(inode, std::move(one));
    } else {
      unite(known->second, std::move(one));
    }
  }
  std::vector<NamedFile> out;
  for (auto& [inode, one] : files) out.push_back(std::move(one));
  return out;
}

// Of files that agree in what was compared so far, those that agree in this, too. What cannot be
// compared stands alone, and makes it unknown how many there are.
using Digest = std::function<std::optional<std::string>(const NamedFile&)>;
std::vector<std::vector<NamedFile>> divided(std::vector<NamedFile> same, const Digest& digest,
                                            bool& known) {
  std::vector<std::vector<NamedFile>> out;
  if (same.size() < 2) {
    out.push_back(std::move(same));
    return out;
  }
  std::map<std::string, std::vector<NamedFile>> by_digest;
  for (NamedFile& one : same) {
    if (const auto told = digest(one)) {
      by_digest[*told].push_back(std::move(one));
    } else {
      known = false;
      out.emplace_back().push_back(std::move(one));
    }
  }
  for (auto& [told, group] : by_digest) out.push_back(std::move(group));
  return out;
}

BackupList united_by_content(std::vector<NamedFile> files, BackupContents& contents) {
  BackupList list;
  std::map<off_t, std::vector<NamedFile>> by_size;
  for (NamedFile& one : files) {
    if (one.file.unsound.empty()) {
      by_size[one.state.size].push_back(std::move(one));
    } else {
      list.each.push_back(std::move(one.file));
    }
  }
  const Digest beginning = [&](const NamedFile& one) {
    return contents.beginning(one.file.path, one.state);
  };
  const Digest whole = [&](const NamedFile& one) {
    return contents.whole(one.file.path, one.state);
  };
  for (auto& [size, same_size] : by_size) {
    for (auto& alike : divided(std::move(same_size), beginning, list.counted)) {
      for (auto& same : divided(std::move(alike), whole, list.counted)) {
        NamedFile one = std::move(same.front());
        for (std::size_t i = 1; i < same.size(); ++i) unite(one, std::move(same[i]));
        list.each.push_back(std::move(one.file));
      }
    }
  }
  return list;
}

// In a folder and below, behind links as well, each folder once: what has a visible name as well as
// a hidden one is visible.
class Search {
 public:
  Search(const BackupRules& rules, UtcInstant now) : rules_(rules), now_(now) {
    look_below(rules.folder, false);
    while (!error && !hidden_.empty()) {
      const fs::path next = std::move(hidden_.back());
      hidden_.pop_back();
      entry(next, true);
    }
  }

  std::vector<NamedFile> named;
  std::optional<UtcInstant> oldest_hidden;
  bool all_dated = true;
  std::error_code error;
  fs::path unread;

 private:
  void look_below(const fs::path& folder, bool hidden) {
    struct stat status{};
    const bool there = ::stat(folder.c_str(), &status) == 0;
    if (there && !seen_.emplace(status.st_dev, status.st_ino).second) return;
    std::error_code problem;
    fs::directory_iterator entries(folder, problem);
    if (problem == std::errc::no_such_file_or_directory) return;
    for (; !problem && entries != fs::directory_iterator(); entries.increment(problem)) {
      if (!hidden && entries->path().filename().string().starts_with('.')) {
        hidden_.push_back(entries->path());
      } else {
        entry(entries->path(), hidden);
      }
      if (error) return;
    }
    if (!problem) return;
    if (hidden) {
      all_dated = false;
    } else {
      error = problem;
      unread = folder;
    }
  }

  void entry(const fs::path& path, bool hidden) {
    std::error_code gone;
    if (fs::is_directory(path, gone)) return look_below(path, hidden);
    auto one = backup_at(path, rules_, now_);
    if (!one) return;
    if (!hidden) {
      named.push_back(std::move(*one));
    } else if (one->state.size > 0) {
      oldest_hidden = std::min(oldest_hidden.value_or(one->file.oldest), one->file.oldest);
    }
  }

  const BackupRules& rules_;
  UtcInstant now_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  std::vector<fs::path> hidden_;  // to be looked at when all that is visible has been
};

}  // namespace

Result<BackupList> backup_files(const BackupRules& rules, BackupContents& contents,
                                UtcInstant now) {
  Search search(rules, now);
  if (search.error) {
    return failure("cannot read {}: {}", search.unread.string(), search.error.message());
  }
  contents.begin_look();
  auto list = united_by_content(united_by_inode(std::move(search.named)), contents);
  list.oldest_hidden = search.oldest_hidden;
  list.all_dated = search.all_dated;
  std::ranges::sort(list.each, [](const BackupFile& left, const BackupFile& right) {
    return std::pair(left.taken, left.path) > std::pair(right.taken, right.path);
  });
  return list;
}

}  // namespace reprise
