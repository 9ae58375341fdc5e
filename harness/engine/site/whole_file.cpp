#include "harness/engine/site/whole_file.h"

#include <fstream>
#include <sstream>

namespace reprise {

std::optional<std::string> read_whole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  // A stream turns a failure to read into a state; its iterators would throw.
  text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace reprise
