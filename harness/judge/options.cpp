#include "harness/judge/options.h"

#include <algorithm>

namespace reprise {
namespace {

using nlohmann::json;

const json* option(const AssertionSpec& spec, const char* name) {
  if (!spec.options.is_object()) return nullptr;
  const auto found = spec.options.find(name);
  return found == spec.options.end() ? nullptr : &*found;
}

// A journal may come from anybody: no duration is so long that arithmetic on it overflows.
constexpr Duration longest{std::int64_t{1} << 54};  // 208 days

}  // namespace

Duration tamed(Duration duration) { return std::clamp(duration, Duration::zero(), longest); }

std::optional<Duration> duration_option(const AssertionSpec& spec, const char* name) {
  const json* found = option(spec, name);
  if (!found) return std::nullopt;
  if (found->is_number_integer()) return tamed(Duration(found->get<std::int64_t>()));
  if (!found->is_string()) return std::nullopt;
  const auto parsed = parse_duration(found->get<std::string>());
  return parsed ? std::optional(tamed(*parsed)) : std::nullopt;
}

std::string text_option(const AssertionSpec& spec, const char* name) {
  const json* found = option(spec, name);
  return found && found->is_string() ? found->get<std::string>() : std::string();
}

bool flag_option(const AssertionSpec& spec, const char* name) {
  const json* found = option(spec, name);
  return found && found->is_boolean() && found->get<bool>();
}

std::optional<std::int64_t> integer_option(const AssertionSpec& spec, const char* name) {
  const json* found = option(spec, name);
  if (!found || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

Result<Expected> expected_option(const AssertionSpec& spec) {
  const json* found = option(spec, "expect");
  if (!found) return failure("an assertion lacks what it expects");
  return Expected::parse(*found);
}

std::string service_of(const Plan& plan, const std::string& probe) {
  const auto spec = plan.probes.find(probe);
  if (spec == plan.probes.end()) return {};
  const std::string options =
      spec->second.options.dump(-1, ' ', false, json::error_handler_t::replace);
  auto name_after = [&](std::string_view prefix) -> std::string {
    const auto at = options.find(prefix);
    if (at == std::string::npos) return {};
    const auto begin = at + prefix.size();
    const auto close = options.find('}', begin);
    const auto dot = options.rfind('.', close);  // the prefix has one
    if (dot < begin) return {};
    return options.substr(begin, dot - begin);
  };
  if (auto name = name_after("${services."); plan.services.contains(name)) return name;
  if (auto link = plan.links.find(name_after("${links.")); link != plan.links.end()) {
    if (plan.services.contains(link->second.to)) return link->second.to;
  }
  return {};
}

Duration sustained_of(const AssertionSpec& spec, const Scenario& scenario, const Plan& plan) {
  if (auto own = duration_option(spec, "sustained")) return *own;
  return sustained_of(text_option(spec, "probe"), scenario, plan);
}

Duration sustained_of(const std::string& name, const Scenario& scenario, const Plan& plan) {
  if (scenario.sustained) return tamed(*scenario.sustained);
  Duration out{};
  if (auto probe = plan.probes.find(name); probe != plan.probes.end()) {
    out = 20 * tamed(probe->second.every);
  }
  if (auto service = plan.services.find(service_of(plan, name)); service != plan.services.end()) {
    out = std::max(out, 3 * tamed(service->second.health_period));
  }
  return out;
}

}  // namespace reprise
