#include "harness/model/plan/plan.h"

namespace reprise {

const std::string& Text::in(const std::string& language) const {
  static const std::string nothing;
  for (const std::string& wanted : {language, std::string(), std::string("en")}) {
    if (auto found = by_language.find(wanted); found != by_language.end()) return found->second;
  }
  return by_language.empty() ? nothing : by_language.begin()->second;
}

}  // namespace reprise
