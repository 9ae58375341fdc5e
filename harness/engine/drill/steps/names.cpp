#include "harness/engine/drill/steps/names.h"

#include <fmt/ranges.h>

namespace reprise {

Shape service_names() {
  const Shape service = Shape::name_of(Target::service);
  return Shape::either({service, Shape::list(service, 1)});
}

std::vector<std::string> named_services(const Step& step) {
  const auto& value = step.options.at("value");
  if (value.is_string()) return {value.get<std::string>()};
  return value.get<std::vector<std::string>>();
}

std::string done_to(std::string_view verb, const std::vector<std::string>& names) {
  return fmt::format("{} {}", verb, fmt::join(names, ", "));
}

}  // namespace reprise
