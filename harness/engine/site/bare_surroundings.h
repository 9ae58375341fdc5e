// The surroundings of a drill that does not run: its files may be there, nothing runs in it. For
// undoing what a dead worker left, and for making a fault only to see whether it can be made.
//
// Ownership: a plain value. Threads: any.
#pragma once

#include <chrono>

#include "harness/engine/site/surroundings.h"

namespace reprise {

class BareSurroundings final : public Surroundings {
 public:
  explicit BareSurroundings(std::filesystem::path folder) : folder_(std::move(folder)) {}

  const std::filesystem::path& folder() const override { return folder_; }
  Result<std::string> resolve(std::string_view text) const override { return std::string(text); }
  LinkServer* link(std::string_view) const override { return nullptr; }
  Result<ProcessId> process(std::string_view service) const override {
    return failure("{} belongs to a drill that is over", service);
  }
  std::vector<ProcessId> process_tree(std::string_view) const override { return {}; }
  Instrument* instrument(std::string_view, std::string_view) const override { return nullptr; }
  Result<std::string> database(std::string_view name) const override {
    return failure("{} belongs to a drill that is over", name);
  }
  Result<std::filesystem::path> file(std::string_view name) const override {
    return failure("{} belongs to a drill that is over", name);
  }
  Result<std::filesystem::path> disk(std::string_view name) const override {
    return failure("{} belongs to a drill that is over", name);
  }
  std::vector<Printed> log(std::string_view, std::size_t) const override { return {}; }
  std::vector<std::string> environment() const override { return {}; }
  Instant now() const override { return std::chrono::steady_clock::now(); }

 private:
  std::filesystem::path folder_;
};

}  // namespace reprise
