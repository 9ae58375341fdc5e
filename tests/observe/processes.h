// Which processes there are, so that a test can show that none is left.
//
// Ownership: none. Threads: any.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

namespace reprise {

struct SeenProcess {
  int pid = 0;
  int parent = 0;
  std::string command;  // arguments joined by spaces
};

// What could be read before the process ended.
inline std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

inline std::vector<SeenProcess> all_processes() {
  std::vector<SeenProcess> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != name.npos) continue;
    const std::string line = text_of(entry.path() / "stat");
    const auto end = line.rfind(')');
    if (end == line.npos) continue;
    SeenProcess seen;
    seen.pid = std::stoi(name);
    seen.parent = std::stoi(line.substr(end + 4));
    seen.command = text_of(entry.path() / "cmdline");
    std::replace(seen.command.begin(), seen.command.end(), '\0', ' ');
    all.push_back(std::move(seen));
  }
  return all;
}

inline std::size_t processes_mentioning(const std::string& text) {
  std::size_t count = 0;
  for (const auto& process : all_processes()) {
    if (process.pid != ::getpid() && process.command.find(text) != std::string::npos) ++count;
  }
  return count;
}

// Running or waiting to be reaped.
inline std::size_t own_children() {
  std::size_t count = 0;
  for (const auto& process : all_processes()) count += process.parent == ::getpid() ? 1 : 0;
  return count;
}

}  // namespace reprise
