#include "harness/judge/cause.h"

#include <algorithm>
#include <chrono>

#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/options.h"

namespace reprise {
namespace {

using nlohmann::json;

constexpr std::size_t longest_saw = 300;

// Ages are nanoseconds; nobody counts in those.
std::string shown(const std::string& name, const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if ((name == "age" || name == "oldest") && value.is_number_integer()) {
    const Duration exact = tamed(Duration(value.get<std::int64_t>()));
    const auto rounded = std::chrono::floor<std::chrono::milliseconds>(exact);
    return format_duration(rounded > rounded.zero() ? Duration(rounded) : exact);
  }
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

void shorten(std::string& text) {
  if (text.size() <= longest_saw) return;
  std::size_t end = longest_saw;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
  text += "…";
}

}  // namespace

std::string saw_text(const Observation& seen) {
  std::string out = seen.outcome == "answered" ? std::string() : seen.outcome;
  auto add = [&](const std::string& name, const json& value) {
    if (!out.empty()) out += ", ";
    out += name + " " + shown(name, value);
  };
  if (!seen.values.is_object()) return out.empty() ? seen.outcome : out;
  if (auto status = seen.values.find("status"); status != seen.values.end()) add("status", *status);
  for (const auto& [name, value] : seen.values.items()) {
    // How it was kept is not what was seen.
    if (name == "status" || name == "cut" || name == "searched") continue;
    if ((name == "json" || name == "headers") && value.is_object()) {
      for (const auto& [inner, what] : value.items()) add(inner, what);
    } else {
      add(name, value);
    }
  }
  shorten(out);
  return out.empty() ? seen.outcome : out;
}

Cause cause_of(const Finding& finding) {
  Cause out;
  out.objective = finding.statement;
  out.measured = finding.measured;
  return out;
}

Cause cause_of(const Finding& finding, const Record& record, const std::string& probe,
               const Sample& bad) {
  Cause out = cause_of(finding);
  out.sample_at = bad.intended;
  out.sample_probe = probe;
  if (auto found = record.probes.find(probe); found != record.probes.end()) {
    out.sample_saw = saw_text(found->second.seen(bad));
  }
  add_nearest_log(out, record, service_of(record.plan, probe), bad.intended);
  return out;
}

void add_nearest_log(Cause& cause, const Record& record, const std::string& service,
                     Duration instant) {
  const LogLine* nearest = nullptr;
  // What a service says while it is being stopped explains nothing.
  const PhaseRecord* teardown = record.phase("teardown");
  for (const LogLine& line : record.log) {
    if (!service.empty() && record.log_services[line.service] != service) continue;
    if (teardown && line.at >= teardown->from) continue;
    if (!nearest || std::chrono::abs(line.at - instant) < std::chrono::abs(nearest->at - instant)) {
      nearest = &line;
    }
  }
  if (!nearest) return;
  cause.log_at = nearest->at;
  cause.log_service = record.log_services[nearest->service];
  cause.log_line = nearest->line;
}

}  // namespace reprise
