#include "harness/judge/incidents.h"

#include <algorithm>

#include "harness/judge/options.h"

namespace reprise {

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

Duration armed_of(const FaultRecord& fault) {
  return fault.armed.value_or(fault.bit.value_or(*fault.commanded));
}

// An empty optional sorts before every instant.
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

Duration recovery_begins(const Record& record) {
  const PhaseRecord* recover = record.phase("recover");
  const Duration last = last_incident(record);
  return recover ? std::max(last, recover->from) : last;
}

std::vector<const FaultRecord*> incidents_of(const AssertionSpec& spec, const Record& record) {
  const std::string named = text_option(spec, "incident");
  const bool all = named.empty() || named == "each";
  std::vector<const FaultRecord*> out;
  for (const FaultRecord& fault : record.faults) {  // by t_cmd
    if (fault.commanded && (all || fault.id == named)) out.push_back(&fault);
  }
  return out;
}

Shape::Field incident_field() {
  return {"incident",
          Shape::name(),
          {},
          "the id of the fault from which it counts, or `each`; needed where there are several"};
}

bool came_to_its_end(const Record& record) {
  return record.outcome != "aborted" && record.outcome != "interrupted";
}

}  // namespace reprise
