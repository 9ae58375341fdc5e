// Which processes there are, so that a test can show that none is left.
//
// Ownership: none. Threads: any.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <unistd.h>

namespace reprise {

struct SeenProcess {
  int pid = 0;
  int parent = 0;
  std::string command;  // arguments joined by spaces
};

inline std::vector<SeenProcess> all_processes() {
  std::vector<SeenProcess> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != name.npos) continue;
    std::ifstream stat(entry.path() / "stat");
    const std::string line{std::istreambuf_iterator<char>(stat), {}};
    const auto end = line.rfind(')');
    if (end == line.npos) continue;
    SeenProcess seen;
    seen.pid = std::stoi(name);
    seen.parent = std::stoi(line.substr(end + 4));
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    seen.command.assign(std::istreambuf_iterator<char>(file), {});
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
