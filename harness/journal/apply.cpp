// What each event of a journal adds to the record; journal/events.md lists them.
#include "harness/journal/fields.h"
#include "harness/journal/journal.h"
#include "harness/journal/reader.h"

namespace reprise {

using nlohmann::json;

namespace {

// Format 1 kept so many bytes of a text or a line, and did not say that there had been more.
constexpr std::size_t cut_by_format_1 = 4096;

bool may_be_cut(const json& value) {
  return value.is_string() && value.get_ref<const std::string&>().size() + 4 > cut_by_format_1;
}

// It did not keep the text of a JSON answer, either.
void tell_what_was_cut(std::string_view outcome, json& values) {
  json cut = json::array();
  const bool an_answer = outcome == "answered" && values.contains("status");
  if (an_answer && !values.contains("text")) cut.push_back("text");
  for (const auto& [name, value] : values.items()) {
    if (may_be_cut(value)) cut.push_back(name);
    if ((name != "json" && name != "headers") || !value.is_object()) continue;
    for (const auto& [inner, what] : value.items()) {
      if (may_be_cut(what)) cut.push_back(name + " " + inner);
    }
  }
  for (const std::string& pointer : texts_field(values, "cut")) cut.push_back("json " + pointer);
  values.erase("cut");
  if (!cut.empty()) values["cut"] = std::move(cut);
}

// The run of a procedure that an event is about; -1 where it is not told.
int run_field(const json& line) { return line.contains("run") ? count_field(line, "run") : -1; }

}  // namespace

Result<void> RecordReader::apply(const std::string& event, Duration t, const json& line) {
  if (event == "sample") return sample(line);
  if (event == "skipped") return skipped(line);
  if (event == "drill") return drill(line);
  if (event == "fault") return fault(t, line);
  if (event == "log") {
    log(t, line);
  } else if (event == "phase") {
    phase(t, line);
  } else if (event == "service") {
    service(t, line);
  } else if (event == "procedure") {
    procedure(t, line);
  } else if (event == "step") {
    step(t, line);
  } else if (event == "ledger") {
    ledger(line);
  } else {
    note(event, t, line);
  }
  return {};
}

Result<void> RecordReader::drill(const json& line) {
  const auto format = integer_field(line, "format");
  if (format < 1 || format > journal_format) {
    return broken(fmt::format("this journal is not of format 1 to {}, which this program reads",
                              journal_format));
  }
  record_.format = static_cast<int>(format);
  const auto plan = line.find("plan");
  const auto scenario = line.find("scenario");
  if (plan == line.end() || scenario == line.end()) {
    return broken("the first line lacks the plan or the scenario");
  }
  auto decoded_plan = decode_plan(*plan);
  if (!decoded_plan) return broken(decoded_plan.error().text());
  auto decoded_scenario = decode_scenario(*scenario);
  if (!decoded_scenario) return broken(decoded_scenario.error().text());
  record_.plan = std::move(*decoded_plan);
  record_.scenario = std::move(*decoded_scenario);
  record_.tool = text_field(line, "tool");
  if (auto seed = line.find("seed"); seed != line.end() && seed->is_number_integer()) {
    record_.seed = seed->get<std::uint64_t>();
  }
  record_.repeat = count_field(line, "repeat");
  record_.operator_name = text_field(line, "operator");
  record_.command = text_field(line, "command");
  for (const json& attempt : line.value("earlier", json::array())) {
    record_.earlier.push_back({text_field(attempt, "journal"), text_field(attempt, "head")});
  }
  if (auto found = line.find("environment"); found != line.end()) record_.environment = *found;
  if (auto found = line.find("files"); found != line.end()) record_.files = *found;
  const auto started = read_utc(text_field(line, "utc"));
  if (!started) return broken("the first line lacks a valid \"utc\"");
  record_.started = *started - instant_field(line, "t").value_or(Duration::zero());
  return {};
}

void RecordReader::phase(Duration t, const json& line) {
  if (!record_.phases.empty()) record_.phases.back().to = t;
  record_.phases.push_back({text_field(line, "phase"), t, std::nullopt});
}

void RecordReader::service(Duration t, const json& line) {
  ServiceEvent event;
  event.at = t;
  event.service = text_field(line, "service");
  event.state = text_field(line, "state");
  event.why = text_field(line, "why");
  event.pid = count_field(line, "pid");
  record_.services.push_back(std::move(event));
}

void RecordReader::log(Duration t, const json& line) {
  const std::string service = text_field(line, "service");
  auto known = log_services_.find(service);
  if (known == log_services_.end()) {
    // More services than an index holds: only a forged journal has them.
    if (log_services_.size() > 60'000) return;
    known = log_services_.emplace(service, static_cast<std::uint16_t>(log_services_.size())).first;
    record_.log_services.push_back(service);
  }
  LogLine out;
  out.at = t;
  out.service = known->second;
  out.line = text_field(line, "line");
  out.gap = line.contains("left_out");
  out.cut = flag_field(line, "cut");
  out.unsearched = flag_field(line, "unsearched");
  if (const auto found = line.find("found"); found != line.end() && found->is_object()) {
    for (const auto& [pattern, lines] : found->items()) {
      out.found[pattern] = static_cast<std::size_t>(count_field(*found, pattern.c_str()));
    }
  }
  // Format 1 cut in silence, and searched nothing.
  if (record_.format == 1 && (out.gap || out.line.size() + 4 > cut_by_format_1)) {
    out.cut = !out.gap;
    out.unsearched = true;
  }
  record_.log.push_back(std::move(out));
}

RecordReader::ProbeState& RecordReader::probe(std::string_view name) {
  auto known = probes_.find(name);
  if (known == probes_.end()) {
    known = probes_.emplace(std::string(name), ProbeState()).first;
    known->second.record = &record_.probes[known->first];
    known->second.record->name = known->first;
  }
  return known->second;
}

std::uint32_t RecordReader::intern(ProbeState& state, std::string_view outcome,
                                   std::string_view raw, json values) {
  auto text = std::make_unique<std::string>(outcome);
  text->append(raw);
  const std::string_view owned(*text);
  const Interned key{owned.substr(0, outcome.size()), owned.substr(outcome.size())};
  const auto index = static_cast<std::uint32_t>(state.record->observations.size());
  const auto [entry, added] = state.known.emplace(key, index);
  if (!added) return entry->second;
  state.texts.push_back(std::move(text));
  values.erase("latency");
  if (record_.format == 1) tell_what_was_cut(outcome, values);
  state.record->observations.push_back({std::string(outcome), std::move(values)});
  return index;
}

Result<void> RecordReader::sample(const json& line) {
  const auto intended = instant_field(line, "i");
  const auto sent = instant_field(line, "s");
  const auto finished = instant_field(line, "f");
  const std::string name = text_field(line, "probe");
  if (!intended || !sent || !finished || name.empty()) {
    return broken("a sample lacks its probe or a valid instant");
  }
  const auto found = line.find("v");
  json values = found != line.end() && found->is_object() ? *found : json::object();
  const std::string raw = values.dump();
  ProbeState& state = probe(name);
  const auto index = intern(state, text_field(line, "o"), raw, std::move(values));
  state.record->samples.push_back({*intended, *sent, *finished, index});
  return {};
}

Result<void> RecordReader::skipped(const json& line) {
  const auto intended = instant_field(line, "i");
  const std::string name = text_field(line, "probe");
  if (!intended || name.empty()) return broken("a skipped sample lacks its probe or its instant");
  probe(name).record->skipped.push_back(*intended);
  return {};
}

Result<void> RecordReader::fault(Duration t, const json& line) {
  const std::string id = text_field(line, "fault");
  const int round = count_field(line, "round");
  auto same = [&](const FaultRecord& fault) { return fault.id == id && fault.round == round; };
  auto found = std::ranges::find_if(record_.faults, same);
  if (found == record_.faults.end()) {
    found = record_.faults.insert(record_.faults.end(), FaultRecord());
    found->id = id;
    found->round = round;
  }
  FaultRecord& fault = *found;
  if (auto kind = text_field(line, "kind"); !kind.empty()) fault.kind = kind;
  if (auto into = text_field(line, "into"); !into.empty()) fault.into = into;
  const std::string lasting = text_field(line, "lasting");
  if (!lasting.empty()) fault.nature = lasting == "event" ? Nature::event : Nature::condition;
  const std::string step = text_field(line, "step");
  if (step == "injecting") {
    fault.commanded = t;
  } else if (step == "armed") {
    fault.armed = t;
  } else if (step == "bit") {
    const auto at = instant_field(line, "at");
    if (line.contains("at") && !at) return broken("a fault's \"at\" is not a valid instant");
    if (!fault.bit) fault.evidence = text_field(line, "evidence");
    if (!fault.bit) fault.bit = at.value_or(t);
  } else if (step == "healing") {
    if (!fault.healing) fault.healing = t;
  } else if (step == "healed") {
    fault.healed = t;
    if (!fault.healing) fault.healing = t;
  } else if (step == "failed") {
    fault.failed = text_field(line, "why");
    if (fault.failed.empty()) fault.failed = "?";
    record_.moments.push_back({t, "failed", id, fault.failed});
  } else if (step == "undo-failed") {
    fault.undo_failed = text_field(line, "why");
    if (fault.undo_failed.empty()) fault.undo_failed = "?";
    record_.moments.push_back({t, "undo-failed", id, fault.undo_failed});
  } else if (step == "changed-since") {
    fault.changed_since = text_field(line, "what");
  }
  return {};
}

void RecordReader::procedure(Duration t, const json& line) {
  const std::string name = text_field(line, "procedure");
  const std::string state = text_field(line, "state");
  const int number = run_field(line);
  auto running = [&](const ProcedureRecord& run) {
    return run.name == name && !run.finished && run.run == number;
  };
  auto found = std::find_if(record_.procedures.rbegin(), record_.procedures.rend(), running);
  const bool begins = state == "started" || found == record_.procedures.rend();
  if (begins) record_.procedures.push_back({});
  ProcedureRecord& run = begins ? record_.procedures.back() : *found;
  run.name = name;
  run.run = number;
  run.state = state;
  run.why = text_field(line, "why");
  if (state == "started") {
    run.started = t;
  } else {
    run.finished = t;
  }
}

void RecordReader::step(Duration t, const json& line) {
  const std::string name = text_field(line, "procedure");
  const int number = run_field(line);
  auto same = [&](const ProcedureRecord& run) { return run.name == name && run.run == number; };
  auto found = std::find_if(record_.procedures.rbegin(), record_.procedures.rend(), same);
  if (found == record_.procedures.rend()) return;
  const int index = count_field(line, "index");
  auto known = std::ranges::find_if(found->steps,
                                    [&](const StepRecord& step) { return step.index == index; });
  if (known == found->steps.end()) {
    known = found->steps.insert(found->steps.end(), StepRecord());
    known->index = index;
  }
  StepRecord& step = *known;
  step.kind = text_field(line, "kind");
  step.title = translated_field(line, "title");
  step.state = text_field(line, "state");
  step.result = text_field(line, "result");
  step.manual = step.manual || flag_field(line, "manual");
  if (step.state == "started") {
    step.started = t;
  } else if (step.state != "not-executed") {
    step.finished = t;
  }
}

void RecordReader::ledger(const json& line) {
  LedgerRecord& ledger = record_.ledgers[text_field(line, "ledger")];
  ledger.problem = text_field(line, "why");
  if (!ledger.problem.empty()) return;
  ledger.problem = "its file is not beside the journal";
  ledger_files_.push_back(
      {text_field(line, "ledger"), text_field(line, "file"), text_field(line, "sha256")});
}

void RecordReader::note(const std::string& event, Duration t, const json& line) {
  if (event == "steady") {
    const std::string state = text_field(line, "state");
    // Once lost or not reached, a later "held" does not heal it.
    if (record_.steady.empty() || record_.steady == "held") record_.steady = state;
    const std::string probe = text_field(line, "probe");
    const std::string why = text_field(line, "why");
    if (state == "held") return;
    record_.steady_why = probe.empty() ? why : probe + ": " + why;
    record_.moments.push_back({t, event, {}, record_.steady_why});
  } else if (event == "recovered") {
    record_.moments.push_back({t, event, text_field(line, "probe"), {}});
  } else if (event == "patience") {
    record_.patience_over = true;
    record_.moments.push_back({t, event, {}, text_field(line, "why")});
  } else if (event == "abort") {
    record_.abort_why = text_field(line, "probe") + ": " + text_field(line, "why");
    record_.moments.push_back({t, event, {}, record_.abort_why});
  } else if (event == "interrupted") {
    record_.interrupted_by = text_field(line, "signal");
    record_.moments.push_back({t, event, {}, record_.interrupted_by});
  } else if (event == "trouble") {
    record_.troubles.push_back(text_field(line, "what"));
    record_.moments.push_back({t, event, {}, record_.troubles.back()});
  } else if (event == "stray") {
    record_.strays.push_back(text_field(line, "process"));
  } else if (event == "residue") {
    for (auto& what : texts_field(line, "what")) record_.residue.push_back(std::move(what));
  } else if (event == "end") {
    record_.outcome = text_field(line, "outcome");
    record_.stolen_percent = count_field(line, "stolen_percent");
  }
}

}  // namespace reprise
