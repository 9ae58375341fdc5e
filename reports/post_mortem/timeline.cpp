// What happened, in the order of the drill's clock: what was done to the system, what people and
// program did about it, and how it ended.
#include <map>

#include "harness/judge/procedure_evidence.h"
#include "reports/catalogue.h"
#include "reports/escape.h"
#include "reports/post_mortem/page.h"

namespace reprise {
namespace {

using nlohmann::json;

// A service in a loop of restarts ends hundreds of times; after so many they are counted.
constexpr std::size_t most_endings = 5;

// Saturates: the journal may be forged, its clock near the end of what 64 bits count.
std::string utc_of(const Record& record, Duration at) {
  const Duration since_1970 = record.started.time_since_epoch();
  const bool beyond = at > Duration::zero() && since_1970 > Duration::max() - at;
  return format_utc(beyond ? UtcInstant(Duration::max()) : record.started + at);
}

class Story {
 public:
  Story(const Record& record, const Prose& words) : record_(record), words_(words) {
    for (const PhaseRecord& phase : record.phases) {
      say("post-mortem.phase", phase.from, {{"phase_key", "phase." + phase.name}});
    }
    for (const FaultRecord& fault : record.faults) take(fault);
    take_services();
    for (const ProcedureRecord& procedure : record.procedures) take(procedure);
    for (const Moment& moment : record.moments) {
      say("post-mortem.moment." + moment.event, moment.at, {{"whose", moment.whose}}, moment.what);
    }
    std::ranges::stable_sort(happenings_, {}, &Happening::at);
    const std::string outcome = record.outcome.empty() ? "killed" : record.outcome;
    say("post-mortem.end", record.length, {{"outcome_key", "outcome." + outcome}});
  }

  [[nodiscard]] std::string table() const {
    PipeTable table(
        {words_("post-mortem.utc"), words_("post-mortem.elapsed"), words_("post-mortem.happened")});
    for (const Happening& one : happenings_) {
      table.row({utc_of(record_, one.at), words_.duration(one.at), one.told});
    }
    // It tells what it did after a drill's death, not when.
    for (const std::string& what : record_.guardian) {
      table.row({"–", "–", words_("post-mortem.guardian", {{"what", what}})});
    }
    return table.str();
  }

 private:
  struct Happening {
    Duration at{};
    std::string told;
  };

  void say(std::string_view key, const std::optional<Duration>& at, const json& arguments,
           const std::string& detail = {}) {
    if (!at) return;
    std::string told = words_(key, arguments);
    if (!detail.empty()) told += fmt::format(" ({})", markdown(detail));
    happenings_.push_back({*at, std::move(told)});
  }

  void take(const FaultRecord& fault) {
    const json arguments = {{"fault", fault.id}, {"kind", fault.kind}, {"into", fault.into}};
    const std::string round =
        fault.round == 0
            ? ""
            : fmt::format("{} {}", text("column.round", words_.language), fault.round + 1);
    say(fault.into.empty() ? "post-mortem.injected-alone" : "post-mortem.injected", fault.commanded,
        arguments, round);
    say("post-mortem.bit", fault.bit, arguments, fault.evidence);
    say("post-mortem.healed", fault.healed, arguments);
  }

  // Their endings before the drill itself ends them.
  void take_services() {
    const PhaseRecord* teardown = record_.phase("teardown");
    std::map<std::string, std::vector<const ServiceEvent*>> endings;
    for (const ServiceEvent& event : record_.services) {
      const bool ended = event.state == "exited" || event.state == "failed";
      if (ended && !(teardown && event.at >= teardown->from)) {
        endings[event.service].push_back(&event);
      }
    }
    for (const auto& [service, events] : endings) {
      for (std::size_t at = 0; at < std::min(events.size(), most_endings); ++at) {
        say("post-mortem.service", events[at]->at,
            {{"service", service}, {"state_key", "state." + events[at]->state}}, events[at]->why);
      }
      if (events.size() <= most_endings) continue;
      say("post-mortem.service-again", events[most_endings]->at,
          {{"service", service}, {"count", events.size() - most_endings}});
    }
  }

  void take(const ProcedureRecord& procedure) {
    const auto moved = [&](const std::optional<Duration>& at, const std::string& state,
                           const std::string& why) {
      say("post-mortem.procedure", at,
          {{"procedure", procedure.name}, {"state_key", "state." + state}}, why);
    };
    moved(procedure.started, "started", {});
    for (const StepRecord& step : procedure.steps) take(procedure, step);
    moved(procedure.finished, procedure.state, procedure.why);
  }

  void take(const ProcedureRecord& procedure, const StepRecord& step) {
    const auto moved = [&](const std::optional<Duration>& at, const std::string& state,
                           const std::string& result) {
      say(step.manual ? "post-mortem.step-manual" : "post-mortem.step", at,
          {{"number", step.index + 1},
           {"procedure", procedure.name},
           {"title", text_argument(step.name())},
           {"state_key", "state." + state}},
          result);
    };
    moved(step.started, "started", {});
    if (step.finished) {
      moved(step.finished, step.state, step.result);
    } else if (step.state == "not-executed") {
      moved(procedure.finished.value_or(record_.length), step.state, step.result);
    }
  }

  const Record& record_;
  const Prose& words_;
  std::vector<Happening> happenings_;
};

}  // namespace

std::string timeline_part(const Drill& drill, const Prose& words) {
  if (drill.record.head.empty()) return words("post-mortem.no-journal") + "\n\n";
  return Story(drill.record, words).table();
}

}  // namespace reprise
