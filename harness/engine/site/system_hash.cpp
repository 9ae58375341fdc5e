#include "harness/engine/site/system_hash.h"

#include <algorithm>
#include <fstream>

#include "harness/engine/site/out_folder.h"
#include "harness/journal/sha256.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

// A length before every text, so that no two folders give the same bytes.
void add_text(RunningSha256& hash, std::string_view text) {
  hash.add(fmt::format("{}:", text.size()));
  hash.add(text);
}

Result<void> add_contents(RunningSha256& hash, const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> buffer(64UL << 10);
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    add_text(hash, {buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (!file.eof()) return failure("cannot read {}", path.string());
  return {};
}

}  // namespace

fs::path system_folder(const Plan& plan) {
  const bool beside = plan.system.is_relative() && !fs::exists(plan.system);
  return plan.system.empty() || !beside ? plan.system : plan.folder / plan.system;
}

Result<std::string> system_hash(const Plan& plan) {
  const fs::path folder = system_folder(plan);
  if (folder.empty()) return std::string();
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  fs::recursive_directory_iterator found(folder, error);
  while (!error && found != fs::recursive_directory_iterator()) {
    if (found->is_directory(error) && is_out_folder(found->path())) {
      found.disable_recursion_pending();
    } else {
      entries.push_back(*found);
    }
    found.increment(error);
  }
  if (error) return failure("cannot read {}: {}", folder.string(), error.message());
  std::ranges::sort(entries);
  RunningSha256 hash;
  for (const fs::directory_entry& entry : entries) {
    add_text(hash, entry.path().lexically_relative(folder).string());
    const auto kind = entry.symlink_status(error).type();
    add_text(hash, fmt::to_string(static_cast<int>(kind)));
    if (kind == fs::file_type::symlink) {
      add_text(hash, fs::read_symlink(entry.path(), error).string());
    } else if (kind == fs::file_type::regular) {
      if (auto added = add_contents(hash, entry.path()); !added) {
        return std::unexpected(added.error());
      }
    }
    if (error) return failure("cannot read {}: {}", entry.path().string(), error.message());
  }
  return hash.finish();
}

}  // namespace reprise
