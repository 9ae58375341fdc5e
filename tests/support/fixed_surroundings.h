// Surroundings for tests: whatever a test puts into the maps is what a fault or a probe finds.
//
// Ownership: the test owns it and outlives what it hands it to; links are borrowed, not owned.
// Threads: fill it in before any other thread reads it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/engine/site/surroundings.h"

namespace reprise {

struct FixedSurroundings : Surroundings {
  std::filesystem::path root = std::filesystem::temp_directory_path();
  std::map<std::string, LinkServer*, std::less<>> links;
  // By service, parent first; an empty or missing entry is a service that is not running.
  std::map<std::string, std::vector<ProcessId>, std::less<>> processes;
  std::map<std::string, std::string, std::less<>> databases;        // name -> URL
  std::map<std::string, std::filesystem::path, std::less<>> files;  // name -> absolute path
  std::map<std::string, std::filesystem::path, std::less<>> disks;  // name -> absolute path
  std::map<std::string, std::vector<Printed>, std::less<>> logs;    // by service
  std::map<std::string, std::string, std::less<>> references;       // "links.a.port" -> "4711"
  std::vector<std::string> marks;                                   // NAME=value
  bool in_sandbox = false;
  Instrument* installed = nullptr;  // whatever the kind and the target

  [[nodiscard]] const std::filesystem::path& folder() const override { return root; }

  [[nodiscard]] Result<std::string> resolve(std::string_view text) const override {
    std::string filled;
    while (true) {
      const auto start = text.find("${");
      filled += text.substr(0, start);
      if (start == text.npos) return filled;
      const auto end = text.find('}', start);
      if (end == text.npos) return failure("unclosed reference in {}", text);
      const auto name = text.substr(start + 2, end - start - 2);
      const auto found = references.find(name);
      if (name == "folder") {
        filled += root.string();
      } else if (found != references.end()) {
        filled += found->second;
      } else {
        return failure("unknown reference ${{{}}}", name);
      }
      text.remove_prefix(end + 1);
    }
  }

  [[nodiscard]] LinkServer* link(std::string_view name) const override {
    const auto found = links.find(name);
    return found == links.end() ? nullptr : found->second;
  }

  [[nodiscard]] Result<ProcessId> process(std::string_view service) const override {
    const auto found = processes.find(service);
    if (found == processes.end() || found->second.empty()) {
      return failure("service {} is not running", service);
    }
    return found->second.front();
  }

  [[nodiscard]] std::vector<ProcessId> process_tree(std::string_view service) const override {
    const auto found = processes.find(service);
    return found == processes.end() ? std::vector<ProcessId>{} : found->second;
  }

  [[nodiscard]] Instrument* instrument(std::string_view, std::string_view) const override {
    return installed;
  }

  [[nodiscard]] Result<std::string> database(std::string_view name) const override {
    const auto found = databases.find(name);
    if (found == databases.end()) return failure("no database {}", name);
    return found->second;
  }

  [[nodiscard]] Result<std::filesystem::path> file(std::string_view name) const override {
    const auto found = files.find(name);
    if (found == files.end()) return failure("no file {}", name);
    return found->second;
  }

  [[nodiscard]] Result<std::filesystem::path> disk(std::string_view name) const override {
    const auto found = disks.find(name);
    if (found == disks.end()) return failure("no disk {}", name);
    return found->second;
  }

  [[nodiscard]] std::vector<Printed> log(std::string_view service,
                                         std::size_t from) const override {
    const auto found = logs.find(service);
    if (found == logs.end() || from >= found->second.size()) return {};
    return {found->second.begin() + static_cast<std::ptrdiff_t>(from), found->second.end()};
  }

  [[nodiscard]] std::vector<std::string> environment() const override { return marks; }
  [[nodiscard]] Instant now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] bool sandboxed() const override { return in_sandbox; }
};

}  // namespace reprise
