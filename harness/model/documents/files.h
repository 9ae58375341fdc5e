// Files of a plan: which there are, what is in them, and what vouches for their content.
//
// Ownership: plain functions. Threads: any.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/error.h"

namespace reprise {

// A regular file's bytes, at most one more than a document may have.
[[nodiscard]] Result<std::string> read_text(const std::filesystem::path& path);

// SHA-256 in lower-case hex.
[[nodiscard]] std::string digest(std::string_view bytes);

// A plan's folder and those of its scenario files that were asked for, by name.
struct PlanFolder {
  std::filesystem::path folder;
  std::filesystem::path plan;
  std::vector<std::filesystem::path> scenarios;
  bool whole = false;  // all that there are
};

// What the paths of a command line stand for: plan folders, scenario files, or folders of plan
// folders. A plan's scenarios are the *.yaml, *.yml and *.json files directly in its folder.
[[nodiscard]] std::vector<PlanFolder> discover(const std::vector<std::filesystem::path>& paths,
                                               Errors& errors);

// Whether a path written in a plan stays below the folder it is relative to.
[[nodiscard]] bool stays_inside(std::string_view path);

}  // namespace reprise
