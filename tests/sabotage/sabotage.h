// Descriptors of sabotage, and what it takes to drill a sabotaged copy of a plan.
//
// Ownership: plain values; a SabotagedPlan owns its folder and removes it. Threads: any.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace reprise::sabotage {

struct Edit {
  std::string file;     // relative to system/
  std::string replace;  // stands there exactly once
  std::string with;
};

struct Sabotage {
  std::string plan;  // the folder in scenarios/, and the descriptor's file name
  std::string scenario;
  std::string why;
  std::string finding;  // the kind of assertion that must fail
  std::string says;     // in the words of what that assertion saw; may be empty
  std::vector<Edit> edits;
  bool always = false;  // drilled on every change, not only every night
};

// Every descriptor of tests/sabotage/*.yaml. Throws what is wrong with a file.
[[nodiscard]] std::vector<Sabotage> all();

// The text with the edit made; throws when `replace` is not found exactly once.
[[nodiscard]] std::string edited(const std::string& text, const Edit& edit);

// The files of system/ that the sabotage changes, as it leaves them; throws as `edited` does.
[[nodiscard]] std::map<std::string, std::string> broken_files(const Sabotage& sabotage);

class SabotagedPlan {
 public:
  // Copies scenarios/PLAN to a temporary folder and breaks it there.
  explicit SabotagedPlan(const Sabotage& sabotage);
  SabotagedPlan(const SabotagedPlan&) = delete;
  SabotagedPlan& operator=(const SabotagedPlan&) = delete;
  ~SabotagedPlan();

  [[nodiscard]] std::filesystem::path plan() const { return folder_ / "plan"; }
  [[nodiscard]] std::filesystem::path out() const { return folder_ / "out"; }
  [[nodiscard]] std::filesystem::path log() const { return folder_ / "log"; }

 private:
  std::filesystem::path folder_;
};

// Runs a program to its end, both streams into `log`; its exit code, or 128 + signal.
int run(const std::vector<std::string>& words, const std::filesystem::path& log);

[[nodiscard]] std::string read(const std::filesystem::path& path);

}  // namespace reprise::sabotage
