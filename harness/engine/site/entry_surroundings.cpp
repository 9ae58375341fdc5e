#include "harness/engine/site/entry_surroundings.h"

namespace reprise {

Result<std::string> EntrySurroundings::resolve(std::string_view text) const {
  std::string filled(text);
  for (const auto& [reference, value] : values_) {
    for (auto at = filled.find(reference); at != filled.npos;
         at = filled.find(reference, at + value.size())) {
      filled.replace(at, reference.size(), value);
    }
  }
  return drill_.resolve(filled);
}

}  // namespace reprise
