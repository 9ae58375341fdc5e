#include "harness/journal/reader.h"

#include "harness/journal/fields.h"
#include "harness/journal/journal.h"

namespace reprise {
namespace {

using nlohmann::json;

// Duplicate keys and absurd nesting are refused by a limit on depth alone: the values are data,
// and whichever duplicate the parser keeps is the one everybody sees.
constexpr int most_levels = 64;

json parse_line(std::string_view line) {
  bool too_deep = false;
  auto shallow = [&](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > most_levels;
    return !too_deep;
  };
  json parsed = json::parse(line, shallow, false);
  return too_deep ? json(json::value_t::discarded) : parsed;
}

}  // namespace

RecordReader::RecordReader(std::string source) : previous_(sha256("")) {
  record_.source = std::move(source);
}

std::unexpected<Error> RecordReader::broken(std::string what) const {
  Location where{record_.source, static_cast<int>(number_) + 1, 0};
  if (guardian_) where.file += " (the guardian's file)";
  return std::unexpected(Error{std::move(what), "", where});
}

Result<void> RecordReader::line(std::string_view line) {
  auto done = guardian_ ? guardian_line(line) : journal_line(line);
  if (!done) return done;
  previous_ = sha256(line);
  if (!guardian_) record_.head = previous_;
  ++number_;
  return {};
}

Result<void> RecordReader::chained(std::string_view previous) const {
  if (previous == previous_) return {};
  auto error = broken("the chain is broken: this line does not follow the one before");
  error.error().remedy = "the journal was changed or cut after the drill";
  return error;
}

Result<void> RecordReader::journal_line(std::string_view line) {
  const auto sample = scan_sample(line);
  if (sample && number_ > 0 && sample->number == number_) {
    if (auto follows = chained(sample->previous); !follows) return follows;
    auto taken = fast_sample(*sample);
    if (!taken) return std::unexpected(taken.error());
    if (*taken) return {};
  }
  return general_line(line);
}

Result<bool> RecordReader::fast_sample(const SampleLine& line) {
  for (auto instant : {line.t, line.intended, line.sent, line.finished}) {
    if (!is_instant(instant)) return broken("an instant lies outside of any drill");
  }
  ProbeState& state = probe(line.probe);
  const auto known = state.known.find(Interned{line.outcome, line.values});
  std::uint32_t index = 0;
  if (known != state.known.end()) {
    index = known->second;
  } else {
    json values = parse_line(line.values);
    if (!values.is_object()) return false;
    index = intern(state, line.outcome, line.values, std::move(values));
  }
  state.record->samples.push_back(
      {Duration(line.intended), Duration(line.sent), Duration(line.finished), index});
  record_.length = std::max(record_.length, Duration(line.t));
  return true;
}

Result<void> RecordReader::general_line(std::string_view text) {
  const json line = parse_line(text);
  if (!line.is_object()) return broken("this line is not an event: a JSON object is expected");
  const auto t = instant_field(line, "t");
  const auto event = line.find("event");
  if (!t || event == line.end() || !event->is_string()) {
    return broken("this line is not an event: it lacks a valid \"t\" or \"event\"");
  }
  const std::string name = event->get<std::string>();
  if ((name == "drill") != (number_ == 0)) {
    return broken("the event \"drill\" is expected first, and only there");
  }
  if (auto follows = chained(text_field(line, "prev")); !follows) return follows;
  const auto n = line.find("n");
  if (n == line.end() || !n->is_number_integer() || n->get<std::uint64_t>() != number_) {
    return broken(fmt::format("\"n\" is expected to be {}", number_));
  }
  record_.length = std::max(record_.length, *t);
  return apply(name, *t, line);
}

Result<void> RecordReader::guardian_line(std::string_view text) {
  const json line = parse_line(text);
  if (!line.is_object()) return broken("this line is not an event: a JSON object is expected");
  // Its first line hooks onto the last whole line of the journal.
  if (auto follows = chained(text_field(line, "prev")); !follows) return follows;
  const std::string event = text_field(line, "event");
  if (number_ == 0) {
    if (event != "guardian") return broken("the event \"guardian\" is expected first");
    if (text_field(line, "head") != record_.head) {
      return broken("this file belongs to another journal, or to another state of it");
    }
    return {};
  }
  if (event == "undo") {
    const std::string by = text_field(line, "by");
    const std::string why = text_field(line, "why");
    record_.guardian.push_back(fmt::format("{}: {}", by.empty() ? "undo" : by, why));
    for (auto& done : texts_field(line, "done")) record_.guardian.push_back(std::move(done));
  } else if (event == "clean") {
    clean_again();
  } else if (event == "residue") {
    for (auto& what : texts_field(line, "what")) record_.residue.push_back(std::move(what));
  }
  return {};
}

// A later undo has removed everything that earlier ones could not.
void RecordReader::clean_again() {
  record_.residue.clear();
  for (auto& fault : record_.faults) fault.undo_failed.clear();
}

Result<void> RecordReader::read_ledgers(const std::filesystem::path& folder) {
  for (const NamedLedger& named : ledger_files_) {
    // A journal may come from anybody: it names a file beside it, and no other.
    const auto path = folder / std::filesystem::path(named.file).filename();
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) continue;
    auto ledger = read_ledger(path, named.sha256);
    if (!ledger) return std::unexpected(ledger.error());
    record_.ledgers[named.ledger] = std::move(*ledger);
  }
  return {};
}

Result<Record> RecordReader::finish() {
  if (record_.head.empty()) return broken("the journal is empty: not even its first line is whole");
  auto by_intended = [](const Sample& left, const Sample& right) {
    return left.intended < right.intended;
  };
  for (auto& [name, probe] : record_.probes) {
    std::stable_sort(probe.samples.begin(), probe.samples.end(), by_intended);
    probe.samples.shrink_to_fit();
    std::sort(probe.skipped.begin(), probe.skipped.end());
  }
  constexpr Duration never = Duration::max();
  std::stable_sort(record_.faults.begin(), record_.faults.end(),
                   [&](const FaultRecord& left, const FaultRecord& right) {
                     return left.commanded.value_or(never) < right.commanded.value_or(never);
                   });
  if (!record_.phases.empty() && !record_.outcome.empty()) {
    record_.phases.back().to = record_.length;
  }
  return std::move(record_);
}

}  // namespace reprise
