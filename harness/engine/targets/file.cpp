// A file of the drill's copy of the system: its kind, mode and owner, after an event its content.
#include <filesystem>

#include <sys/stat.h>

#include "harness/engine/site/whole_file.h"
#include "harness/engine/targets/target_kind.h"
#include "harness/journal/journal.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

constexpr std::uintmax_t most_hashed = 16 << 20;  // bytes; more is not read for a drill

std::string content_of(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size > most_hashed) return "not read";
  const auto bytes = read_whole(path);
  if (!bytes) return "not read";
  return fmt::format("{} bytes, SHA-256 {:.16}", bytes->size(), sha256(*bytes));
}

nlohmann::json look_at_file(const std::string& path, Nature nature) {
  struct stat file{};
  if (::lstat(path.c_str(), &file) != 0) return {{"kind", "none"}};
  const char* kind = S_ISDIR(file.st_mode) ? "folder" : S_ISREG(file.st_mode) ? "file" : "other";
  nlohmann::json seen{{"kind", kind},
                      {"inode", std::to_string(file.st_ino)},
                      {"mode", fmt::format("{:04o}", file.st_mode & 07777)},
                      {"owner", fmt::format("{}:{}", file.st_uid, file.st_gid)}};
  if (nature == Nature::event && S_ISREG(file.st_mode)) seen["content"] = content_of(path);
  return seen;
}

nlohmann::json look_at_named_file(const Surroundings& surroundings, const std::string& name,
                                  Nature nature) {
  const auto path = surroundings.file(name);
  if (!path) return nullptr;
  return {{"path", path->string()}, {"was", look_at_file(path->string(), nature)}};
}

std::vector<std::string> differences_of_file(const nlohmann::json& before, Nature nature) {
  const std::string path = before.at("path");
  auto was = before.at("was");
  const auto now = look_at_file(path, nature);
  // Another file by the same name is one that the system has made itself.
  const bool rebuilt = now.at("kind") == "file" && now.at("inode") != was.value("inode", "");
  was.erase("inode");
  if (nature != Nature::event && rebuilt) return {};
  return differing(path + ": ", was, now);
}

const Registered<TargetKind> file_registered{{
    .name = Target::file,
    .exists = [](const Plan& plan, const std::string& name) { return plan.files.contains(name); },
    .dies_with_drill = [](const Plan&, const std::string&) { return true; },
    .look = look_at_named_file,
    .differences = differences_of_file,
}};

}  // namespace
}  // namespace reprise
