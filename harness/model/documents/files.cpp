#include "harness/model/documents/files.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>

#include <openssl/evp.h>

#include "harness/model/documents/document.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unreadable(const fs::path& path, std::string what) {
  return std::unexpected(Error{std::move(what), {}, {path.generic_string(), 0, 0}});
}

bool document_extension(const fs::path& path) {
  auto extension = path.extension();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

// "case.YAML" would else be left out in silence.
bool almost_a_document(const fs::path& path) {
  std::string extension = path.extension();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return std::tolower(c); });
  return document_extension(fs::path("x" + extension)) && !document_extension(path);
}

// plan.yaml, or one of its other spellings; empty when there is none.
fs::path plan_file(const fs::path& folder) {
  std::error_code error;
  for (const char* name : {"plan.yaml", "plan.yml", "plan.json"}) {
    if (fs::is_regular_file(folder / name, error)) return folder / name;
  }
  return {};
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator i(folder, error), end; !error && i != end; i.increment(error)) {
    out.push_back(i->path());
  }
  std::ranges::sort(out);
  return out;
}

// Collects the same plan once, however many paths lead to it.
class Discovery {
 public:
  explicit Discovery(Errors& errors) : errors_(errors) {}

  void path(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) return folder(path);
    if (!fs::is_regular_file(path, error)) return refuse(path, "there is no such file or folder");
    auto parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
    auto plan = plan_file(parent);
    if (plan.empty()) return refuse(path, "there is no plan.yaml beside this scenario");
    if (plan.filename() == path.filename()) return whole_plan(parent, plan);
    found_[parent.lexically_normal()].insert(path.filename());
    plans_[parent.lexically_normal()] = {parent, plan, {}, was_whole(parent)};
  }

  std::vector<PlanFolder> take() {
    std::vector<PlanFolder> out;
    for (auto& [key, plan] : plans_) {
      for (const fs::path& name : found_[key]) plan.scenarios.push_back(plan.folder / name);
      out.push_back(std::move(plan));
    }
    return out;
  }

 private:
  void folder(const fs::path& folder) {
    if (auto plan = plan_file(folder); !plan.empty()) return whole_plan(folder, plan);
    bool any = false;
    std::error_code error;
    for (const fs::path& entry : entries(folder)) {
      if (!fs::is_directory(entry, error)) continue;
      auto plan = plan_file(entry);
      if (plan.empty()) continue;
      whole_plan(entry, plan);
      any = true;
    }
    if (!any) refuse(folder, "there is no plan.yaml in this folder nor in one below it");
  }

  void whole_plan(const fs::path& folder, const fs::path& plan) {
    auto key = folder.lexically_normal();
    plans_[key] = {folder, plan, {}, true};
    std::error_code error;
    for (const fs::path& entry : entries(folder)) {
      if (!fs::is_regular_file(entry, error)) continue;
      if (almost_a_document(entry)) {
        refuse(entry, "a scenario's name ends in .yaml, .yml or .json, in small letters");
      }
      if (!document_extension(entry)) continue;
      if (entry.stem() != "plan") found_[key].insert(entry.filename());
      if (entry.stem() == "plan" && entry != plan) {
        refuse(entry, fmt::format("the plan is already in {}", plan.filename().string()));
      }
    }
  }

  [[nodiscard]] bool was_whole(const fs::path& folder) const {
    const auto known = plans_.find(folder.lexically_normal());
    return known != plans_.end() && known->second.whole;
  }

  void refuse(const fs::path& path, std::string what) {
    errors_.push_back({std::move(what), {}, {path.generic_string(), 0, 0}});
  }

  Errors& errors_;
  std::map<fs::path, PlanFolder> plans_;
  std::map<fs::path, std::set<fs::path>> found_;
};

}  // namespace

Result<std::string> read_text(const fs::path& path) {
  std::error_code error;
  // A pipe or a device would block or never end.
  if (!fs::is_regular_file(path, error)) return unreadable(path, "there is no such file");
  std::ifstream file(path, std::ios::binary);
  std::string text(max_document_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || !file.is_open()) return unreadable(path, "the file cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

std::string digest(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned length = 0;
  REPRISE_REQUIRE(
      EVP_Digest(bytes.data(), bytes.size(), hash.data(), &length, EVP_sha256(), nullptr) == 1);
  std::string out;
  for (unsigned i = 0; i < length; ++i) out += fmt::format("{:02x}", hash[i]);
  return out;
}

std::vector<PlanFolder> discover(const std::vector<fs::path>& paths, Errors& errors) {
  Discovery discovery(errors);
  for (const fs::path& path : paths) discovery.path(path);
  return discovery.take();
}

bool stays_inside(std::string_view path) {
  if (path.empty() || path.starts_with('/')) return false;
  while (!path.empty()) {
    auto end = std::min(path.find('/'), path.size());
    if (path.substr(0, end) == "..") return false;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return true;
}

}  // namespace reprise
