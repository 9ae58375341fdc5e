#include "tests/sabotage/sabotage.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace reprise::sabotage {
namespace {

namespace fs = std::filesystem;

const fs::path root = REPRISE_SOURCE_DIR;

fs::path temporary_folder() {
  auto pattern = (fs::temp_directory_path() / "reprise-sabotage-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder: " + pattern);
  // A database that gives up root must still reach its files below.
  fs::permissions(pattern, fs::perms::group_exec | fs::perms::others_exec, fs::perm_options::add);
  return pattern;
}

}  // namespace

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Sabotage> all() {
  std::vector<Sabotage> found;
  for (const auto& file : fs::directory_iterator(root / "tests" / "sabotage")) {
    if (file.path().extension() != ".yaml") continue;
    for (const auto& entry : YAML::LoadFile(file.path())) {
      Sabotage sabotage{file.path().stem(),
                        entry["scenario"].as<std::string>(),
                        entry["why"].as<std::string>(),
                        entry["finding"].as<std::string>(),
                        entry["says"].as<std::string>(""),
                        {},
                        entry["always"].as<bool>(false)};
      for (const auto& edit : entry["edits"]) {
        sabotage.edits.push_back({edit["file"].as<std::string>(), edit["replace"].as<std::string>(),
                                  edit["with"].as<std::string>()});
      }
      found.push_back(std::move(sabotage));
    }
  }
  std::ranges::stable_sort(found, {},
                           [](const Sabotage& one) { return one.plan + "/" + one.scenario; });
  return found;
}

std::string edited(const std::string& text, const Edit& edit) {
  const auto at = text.find(edit.replace);
  if (at == text.npos || text.find(edit.replace, at + 1) != text.npos) {
    throw std::runtime_error(fmt::format(
        "{}: what is to be replaced must stand there exactly once; the system has changed, change "
        "the sabotage with it: {}",
        edit.file, edit.replace));
  }
  return std::string(text).replace(at, edit.replace.size(), edit.with);
}

std::map<std::string, std::string> broken_files(const Sabotage& sabotage) {
  const fs::path system = root / "scenarios" / sabotage.plan / "system";
  std::map<std::string, std::string> files;
  for (const Edit& edit : sabotage.edits) {
    auto file = files.find(edit.file);
    if (file == files.end()) file = files.emplace(edit.file, read(system / edit.file)).first;
    file->second = edited(file->second, edit);
  }
  return files;
}

SabotagedPlan::SabotagedPlan(const Sabotage& sabotage) : folder_(temporary_folder()) {
  fs::copy(root / "scenarios" / sabotage.plan, plan(),
           fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  for (const auto& [file, text] : broken_files(sabotage)) {
    std::ofstream(plan() / "system" / file, std::ios::binary | std::ios::trunc) << text;
  }
}

SabotagedPlan::~SabotagedPlan() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

int run(const std::vector<std::string>& words, const fs::path& log) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child = 0;
  const int failed =
      ::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), ::environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed) throw std::runtime_error("cannot start " + words[0] + ": build the release preset");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace reprise::sabotage
