#include "tests/real/law.h"

#include <algorithm>

namespace reprise::real {

Time time_of(const nlohmann::json& options, const char* key, Time otherwise) {
  const auto found = options.find(key);
  if (found == options.end()) return otherwise;
  return std::stoll(found->get<std::string>()) * millisecond;
}

Class class_named(const std::string& level) {
  if (level == "nominal") return Class::nominal;
  return level == "degraded" ? Class::degraded : Class::down;
}

bool at_least(When length, Time wanted, Time slack, Choices& choices) {
  if (length.low >= wanted + slack) return true;
  if (length.high < wanted - slack) return false;
  return choices.choose();
}

std::vector<Bad> seen_of(const Truth& truth, Class level, Choices& choices) {
  std::vector<Bad> seen;
  for (const Bad& bad : below(truth, level)) {
    if (bad.seen == Seen::no) continue;
    if (bad.seen == Seen::yes || choices.choose()) seen.push_back(bad);
  }
  return seen;
}

std::vector<Outage> outages_of(const Truth& truth, const std::vector<Bad>& seen, Time sustained,
                               Choices& choices) {
  std::vector<Outage> outages;
  for (const Bad& bad : seen) {
    if (!outages.empty()) {
      Outage& last = outages.back();
      const When run{bad.begin.low - last.end.high, bad.begin.high - last.surely_until};
      if (!at_least(run, sustained, truth.slack(), choices)) {
        last.end = bad.end;
        last.surely_until = bad.surely_until;
        last.told_first = std::min(last.told_first, bad.told_first);
        last.open = bad.open;
        continue;
      }
    }
    outages.push_back({bad.begin, bad.end, bad.surely_until, bad.told_first, bad.open});
  }
  return outages;
}

}  // namespace reprise::real
