#include "harness/judge/evidence.h"

#include <algorithm>

#include "harness/judge/cause.h"

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

// Drilled durations stand for longer ones, where backups are made less often.
Duration in_reality(Duration drilled, const Compression& compress) {
  return tamed(drilled) > longest / compress.times ? longest : tamed(drilled) * compress.times;
}

}  // namespace

Duration tamed(Duration duration) { return std::clamp(duration, Duration::zero(), longest); }

std::optional<Duration> told_duration(const json& values, const char* name) {
  const auto found = values.find(name);
  if (found == values.end() || !found->is_number_integer()) return std::nullopt;
  return tamed(Duration(found->get<std::int64_t>()));
}

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

std::string expected_text(const Expected& expected) {
  if (!expected.level.empty()) return expected.level;
  return expected.predicate ? expected.predicate->source().dump() : std::string();
}

Finding unjudged(const AssertionSpec& spec, Message statement) {
  Finding out;
  out.kind = spec.kind;
  out.name = spec.name;
  out.where = spec.where;
  out.objective = spec.objective;
  out.statement = std::move(statement);
  out.status = Status::inconclusive;
  return out;
}

Finding passed(Finding finding, Message outcome) {
  finding.status = Status::pass;
  finding.outcome = std::move(outcome);
  return finding;
}

Finding inconclusive(Finding finding, Message outcome) {
  finding.status = Status::inconclusive;
  finding.outcome = std::move(outcome);
  return finding;
}

Finding missed(Finding finding, std::string failure, Message outcome) {
  finding.status = Status::fail;
  finding.failure = std::move(failure);
  finding.outcome = std::move(outcome);
  finding.cause = cause_of(finding);
  return finding;
}

std::optional<Window> drill_window(const Record& record) {
  const PhaseRecord* begin = nullptr;
  for (const char* name : {"inject", "hold", "heal", "recover"}) {
    if (!begin) begin = record.phase(name);
  }
  if (!begin) return std::nullopt;
  Duration end = record.length;
  for (const char* name : {"recover", "heal", "hold", "inject"}) {
    const PhaseRecord* phase = record.phase(name);
    if (!phase) continue;
    end = phase->to.value_or(record.length);
    break;
  }
  return Window{begin->from, end};
}

std::optional<Window> fault_window(const Record& record) {
  const auto begin = first_commanded(record);
  if (!begin) return std::nullopt;
  const PhaseRecord* heal = record.phase("heal");
  const Duration over = heal ? heal->from : record.length;
  Duration end = *begin;
  for (const auto& fault : record.faults) {
    if (fault.commanded) end = std::max(end, fault.healed.value_or(over));
  }
  return Window{*begin, end};
}

std::optional<Window> window_option(const AssertionSpec& spec, const Record& record) {
  return text_option(spec, "during") == "fault" ? fault_window(record) : drill_window(record);
}

std::optional<Duration> first_commanded(const Record& record) {
  std::optional<Duration> first;
  for (const auto& fault : record.faults) {
    if (fault.commanded && (!first || *fault.commanded < *first)) first = fault.commanded;
  }
  return first;
}

std::optional<Duration> first_bit(const Record& record) {
  std::optional<Duration> first;
  for (const auto& fault : record.faults) {
    if (fault.bit && (!first || *fault.bit < *first)) first = fault.bit;
  }
  return first;
}

// An instant that is not there is before every other.
std::optional<Duration> last_mended(const Record& record) {
  std::optional<Duration> last;
  for (const auto& fault : record.faults) last = std::max(last, fault.healed);
  for (const auto& procedure : record.procedures) {
    if (procedure.started) last = std::max(last, procedure.finished);
  }
  return last;
}

Duration last_incident(const Record& record) {
  std::optional<Duration> last = last_mended(record);
  for (const auto& fault : record.faults) last = std::max({last, fault.commanded, fault.armed});
  return last.value_or(Duration::zero());
}

std::optional<Message> unusable(const Timeline& line, const std::string& probe,
                                const std::vector<Point>& points) {
  const bool seen = std::ranges::any_of(points, [](const Point& point) { return point.sample; });
  if (!seen) return Message{"judge.no-samples", {{"probe", probe}}};
  const bool alive = std::ranges::any_of(line.points, [&](const Point& point) {
    return point.sight == Truth::holds || line.answered(point);
  });
  if (!alive) return Message{"judge.never-answered", {{"probe", probe}}};
  return std::nullopt;
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
  if (scenario.sustained) return tamed(*scenario.sustained);
  Duration out{};
  const std::string name = text_option(spec, "probe");
  if (auto probe = plan.probes.find(name); probe != plan.probes.end()) {
    out = 20 * tamed(probe->second.every);
  }
  if (auto service = plan.services.find(service_of(plan, name)); service != plan.services.end()) {
    out = std::max(out, 3 * tamed(service->second.health_period));
  }
  return out;
}

void tell_compression(Message& statement, const char* key, Duration limit,
                      const Scenario& scenario) {
  if (!scenario.compress) return;
  const Compression& compress = *scenario.compress;
  statement.key = key;
  statement.arguments["real_ns"] = in_reality(limit, compress).count();
  statement.arguments["times"] = compress.times;
  statement.arguments["period_ns"] = compress.period.count();
  statement.arguments["drilled_ns"] = compress.drilled().count();
}

void add_interval(Message& message, const Interval& interval) {
  message.arguments["low_ns"] = interval.low.count();
  message.arguments["high_ns"] = nullptr;  // the catalogue's word for unbounded
  if (interval.high) message.arguments["high_ns"] = interval.high->count();
}

void add_interval(Message& message, const Interval& interval, const Scenario& scenario) {
  add_interval(message, interval);
  if (!scenario.compress) return;
  message.arguments["real_low_ns"] = in_reality(interval.low, *scenario.compress).count();
  message.arguments["real_high_ns"] = nullptr;
  if (interval.high) {
    message.arguments["real_high_ns"] = in_reality(*interval.high, *scenario.compress).count();
  }
}

}  // namespace reprise
