#include "harness/model/scenario/watches.h"

#include "harness/model/wording.h"

namespace reprise {

void each_watch(const nlohmann::json& value, const std::string& pointer,
                const std::function<void(const PlacedWatch&)>& visit) {
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i].is_structured()) each_watch(value[i], pointer + segment(i), visit);
    }
  }
  if (!value.is_object()) return;
  const auto probe = value.find("probe");
  const auto expect = value.find("expect");
  if (probe != value.end() && expect != value.end() && probe->is_string()) {
    visit({probe->get<std::string>(), &*expect, pointer});
  }
  for (const auto& [key, item] : value.items()) {
    if (item.is_structured()) each_watch(item, pointer + segment(key), visit);
  }
}

}  // namespace reprise
