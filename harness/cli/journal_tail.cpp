#include "harness/cli/journal_tail.h"

namespace reprise {

std::vector<nlohmann::json> JournalTail::next() {
  std::vector<nlohmann::json> events;
  std::ifstream file(path_, std::ios::binary);
  if (!file.seekg(read_)) return events;
  for (std::string line; std::getline(file, line) && !file.eof();) {
    read_ += static_cast<std::streamoff>(line.size()) + 1;
    auto event = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (event.is_object()) events.push_back(std::move(event));
  }
  return events;
}

}  // namespace reprise
