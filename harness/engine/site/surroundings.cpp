#include "harness/engine/site/surroundings.h"

#include <nlohmann/json.hpp>

namespace reprise {

Result<std::vector<std::string>> resolved_words(const Surroundings& surroundings,
                                                const nlohmann::json& words) {
  std::vector<std::string> filled;
  for (const auto& word : words) {
    auto text = surroundings.resolve(word.get<std::string>());
    if (!text) return std::unexpected(text.error());
    filled.push_back(std::move(*text));
  }
  return filled;
}

Result<std::filesystem::path> resolved_folder(const Surroundings& surroundings,
                                              const nlohmann::json& options) {
  const auto written = surroundings.resolve(options.value("folder", "."));
  if (!written) return std::unexpected(written.error());
  return (surroundings.folder() / *written).lexically_normal();
}

}  // namespace reprise
