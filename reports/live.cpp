#include "reports/live.h"

#include "harness/model/registry.h"
#include "reports/catalogue.h"
#include "reports/escape.h"
#include "reports/sentences.h"

namespace reprise {

using nlohmann::json;

namespace {

// Events come from a file that anybody may have written: what is missing or odd is empty.
std::string string_in(const json& event, const char* key) {
  const auto found = event.find(key);
  if (found == event.end()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::optional<Duration> instant_in(const json& event, const char* key) {
  const auto found = event.find(key);
  if (found == event.end() || !found->is_number_integer()) return {};
  return Duration(found->get<std::int64_t>());
}

}  // namespace

void Followed::begin(const json& event) {
  const json empty = json::object();
  const auto part = [&](const char* key) -> const json& {
    const auto found = event.find(key);
    return found == event.end() ? empty : *found;
  };
  if (auto plan = decode_plan(part("plan"))) rto_ = plan->objectives.rto;
  if (auto scenario = decode_scenario(part("scenario"))) scenario_ = std::move(*scenario);
}

void Followed::sample(const json& event) {
  const std::string probe = string_in(event, "probe");
  if (!scenario_) {
    probes_[probe] = std::nullopt;
    return;
  }
  Observation seen{.outcome = string_in(event, "o")};
  if (const auto values = event.find("v"); values != event.end() && values->is_object()) {
    seen.values = *values;
  }
  const auto intended = instant_in(event, "i"), finished = instant_in(event, "f");
  if (intended && finished) seen.values["latency"] = (*finished - *intended).count();
  probes_[probe] = class_of(scenario_->levels_of(probe).classify(seen));
}

void Followed::take(const json& event) {
  if (!event.is_object()) return;
  const std::string kind = string_in(event, "event");
  at_ = std::max(at_, instant_in(event, "t").value_or(at_));
  if (kind == "drill") begin(event);
  if (kind == "phase") phase_ = string_in(event, "phase");
  if (kind == "sample") sample(event);
  if (kind == "recovered") recovered_ = at_;
  if (kind == "fault" && string_in(event, "step") == "injecting" && !incident_) {
    incident_ = instant_in(event, "t");
  }
}

namespace {

std::string told_fault(const json& event, json arguments, const std::string& language) {
  const std::string step = string_in(event, "step");
  arguments["fault"] = string_in(event, "fault");
  arguments["kind"] = string_in(event, "kind");
  arguments["into"] = string_in(event, "into");
  arguments["evidence"] = string_in(event, "evidence");
  arguments["why"] = string_in(event, "why");
  if (step == "injecting") {
    const bool alone = string_in(event, "into").empty();
    return text(alone ? "live.commanded-alone" : "live.commanded", language, arguments);
  }
  if (step == "bit") return text("live.bit", language, arguments);
  if (step == "healed") return text("live.healed", language, arguments);
  if (step == "failed") return text("live.fault-failed", language, arguments);
  if (step == "undo-failed") return text("live.undo-failed", language, arguments);
  return {};
}

bool waits_for_person(const json& event) {
  const auto manual = event.find("manual");
  return manual != event.end() && *manual == true && string_in(event, "state") == "started";
}

}  // namespace

std::string told(const std::string& drill, const json& event, const std::string& language) {
  if (!event.is_object()) return {};
  const std::string kind = string_in(event, "event");
  json arguments = {{"drill", drill}};
  const auto say = [&](const char* key, const char* name, const json& value) {
    arguments[name] = value;
    return text(key, language, arguments);
  };
  if (kind == "drill" && event.contains("earlier")) {
    return say("live.again", "attempt", event.at("earlier").size() + 1);
  }
  if (kind == "resting" && event.contains("stolen_percent")) {
    return say("live.resting", "stolen", event.at("stolen_percent"));
  }
  if (kind == "fault") return told_fault(event, arguments, language);
  if (kind == "phase") {
    return say("live.phase", "phase", text("phase." + string_in(event, "phase"), language));
  }
  if (kind == "step" && waits_for_person(event)) {
    return say("live.manual", "title", string_in(event, "title"));
  }
  if (kind == "recovered") return say("live.recovered", "probe", string_in(event, "probe"));
  if (kind == "trouble") return say("live.trouble", "why", string_in(event, "what"));
  if (kind == "abort") return say("live.abort", "why", string_in(event, "why"));
  if (kind == "patience") return say("live.patience", "why", string_in(event, "why"));
  if (kind == "residue") return say("live.residue", "what", event.value("what", json()));
  if (kind == "service") {
    const std::string state = string_in(event, "state");
    if (state != "exited" && state != "failed" && state != "restarting") return {};
    arguments["service"] = string_in(event, "service");
    return say("live.service", "state", text("state." + state, language));
  }
  return {};
}

bool pressing(const json& event) {
  if (!event.is_object()) return false;
  const std::string kind = string_in(event, "event");
  if (kind == "fault") {
    const std::string step = string_in(event, "step");
    return step == "failed" || step == "undo-failed";
  }
  if (kind == "step") return waits_for_person(event);
  return kind == "trouble" || kind == "abort" || kind == "residue";
}

std::string verdict_line(const Drill& drill, const std::string& language) {
  std::string line = text("live.verdict", language,
                          {{"drill", drill_name(drill)},
                           {"status", status_word(drill.verdict.status, language)},
                           {"headline", headline(drill, language)}});
  for (const std::string& further : also_missed(drill, language)) {
    line += " " + text("live.also", language, {{"missed", further}});
  }
  if (!drill.verdict.clean) line += " " + text("clean.no", language) + ".";
  return line;
}

std::string closing(const Run& run, const std::string& folder, const std::string& language,
                    Paint paint) {
  struct Row {
    std::string drill, result, recovery, limit;
    Status status = Status::pass;
  };
  std::vector<Row> rows{{text("live.column-drill", language), text("live.column-result", language),
                         text("live.column-recovery", language),
                         text("live.column-limit", language)}};
  for (const Drill& drill : run.drills) {
    const RecoveryTexts recovery = recovery_texts(drill.verdict, language);
    std::string result = status_word(drill.verdict.status, language);
    if (const auto before = drill.record.earlier.size()) {
      result = text("live.result-again", language, {{"result", result}, {"attempt", before + 1}});
    }
    rows.push_back({visible(drill_name(drill)), result, recovery.measured, recovery.limit,
                    drill.verdict.status});
  }
  const auto widest = [&](std::string Row::* cell) {
    std::size_t most = 0;
    for (const Row& row : rows) most = std::max(most, columns_of(row.*cell));
    return most;
  };
  const auto padded = [](const std::string& cell, std::size_t width) {
    return cell + std::string(width - columns_of(cell) + 2, ' ');
  };
  const std::size_t drill = widest(&Row::drill), result = widest(&Row::result);
  const std::size_t recovery = widest(&Row::recovery);
  std::string out = "\n";
  for (const Row& row : rows) {
    const std::string word = padded(row.result, result);
    out += padded(row.drill, drill) + (&row == &rows.front() ? word : paint(row.status, word)) +
           padded(row.recovery, recovery) + row.limit + "\n";
  }
  out +=
      "\n" + text(run.drills.size() == 1 ? "live.total-one" : "live.total", language,
                  {{"count", run.drills.size()}, {"counts", counts_text(counts(run), language)}});
  out += "\n" + text("live.reports", language) + "\n";
  for (const ReportKind* kind : Registry<ReportKind>::all()) {
    out += "  " + visible(folder.empty() ? "." : folder) + "/" + kind->file_name + "\n";
  }
  return out;
}

namespace {

std::size_t width_at(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  // East Asian wide characters and pictographs take two columns.
  return lead >= 0xF0 || (lead >= 0xE3 && lead <= 0xED) ? 2 : 1;
}

std::size_t size_at(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u) ++size;
  return size;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (; !text.empty(); text.remove_prefix(size_at(text))) columns += width_at(text);
  return columns;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  std::string out;
  std::size_t taken = 1;  // the ellipsis
  for (; !text.empty() && taken + width_at(text) <= columns; text.remove_prefix(size_at(text))) {
    taken += width_at(text);
    out += text.substr(0, size_at(text));
  }
  return columns == 0 ? out : out + "…";
}

}  // namespace reprise
