// The real binary, run as a user would, in a folder of its own.
#pragma once

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace reprise::testing {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// The program under test: $REPRISE_PROGRAM, or the one built beside this test.
inline std::filesystem::path program() {
  const char* chosen = std::getenv("REPRISE_PROGRAM");
  if (chosen && *chosen) return chosen;
  return std::filesystem::path(REPRISE_BINARY_DIR) / "reprise";
}

struct Finished {
  int code = -1;  // exit code, or 128 + signal
  std::string out, err;
};

// A folder that goes when the test ends, with a state folder of its own inside.
class Workplace {
 public:
  Workplace() {
    std::string name = ::testing::TempDir() + "reprise-test-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    ::setenv("REPRISE_STATE_DIR", (folder_ / "state").c_str(), 1);
  }
  ~Workplace() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  // Starts the program in the folder; its output goes to files there.
  pid_t start(const std::vector<std::string>& arguments) {
    std::vector<std::string> words{program().string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const auto out = (folder_ / "stdout").string();
    const auto err = (folder_ / "stderr").string();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, folder_.c_str());
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
    pid_t pid = -1;
    EXPECT_EQ(posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ), 0) << argv[0];
    posix_spawn_file_actions_destroy(&actions);
    return pid;
  }

  Finished wait(pid_t pid) {
    int status = 0;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    Finished finished;
    finished.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    finished.out = read_file(folder_ / "stdout");
    finished.err = read_file(folder_ / "stderr");
    return finished;
  }

  Finished run(const std::vector<std::string>& arguments) { return wait(start(arguments)); }

 private:
  std::filesystem::path folder_;
};

// Whether it comes true within half a minute.
inline bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

// What out/summary.json says of the first drill; of the only one, where there is no other.
inline nlohmann::json only_drill(const Workplace& place) {
  return nlohmann::json::parse(read_file(place.folder() / "out/summary.json")).at("drills").at(0);
}

// The events of a journal; a torn last line is left out.
inline std::vector<nlohmann::json> read_events(const std::filesystem::path& journal) {
  std::vector<nlohmann::json> events;
  std::ifstream file(journal);
  for (std::string line; std::getline(file, line);) {
    auto event = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (event.is_object()) events.push_back(std::move(event));
  }
  return events;
}

}  // namespace reprise::testing
