// Whole new lines of a journal that is being written, as JSON; for live views only.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace reprise {

class JournalTail {
 public:
  explicit JournalTail(std::filesystem::path path) : path_(std::move(path)) {}

  // Nothing when nothing is new, or when the file is not there yet.
  [[nodiscard]] std::vector<nlohmann::json> next();

 private:
  std::filesystem::path path_;
  std::streamoff read_ = 0;
};

}  // namespace reprise
