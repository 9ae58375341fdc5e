// A journal read back into memory, compactly: what judge and reports look at, and nothing else.
//
// A million samples must fit in a few hundred MiB, so equal observations are stored once and a
// sample holds an index; predicates are judged once an observation, not once a sample.
// Reading is tolerant where the format promises it (a torn last line) and strict elsewhere.
// Ownership: a value type. Threads: immutable after reading.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/journal/ledger.h"
#include "harness/model/scenario/scenario.h"

namespace reprise {

struct Sample {
  Duration intended;
  Duration sent;
  Duration finished;
  std::uint32_t observation;  // index into ProbeRecord::observations
};

struct ProbeRecord {
  std::string name;
  std::vector<Observation> observations;  // distinct; latency is not among their values
  std::vector<Sample> samples;            // by intended instant
  std::vector<Duration> skipped;          // intended instants that were never sent

  [[nodiscard]] const Observation& seen(const Sample& sample) const {
    return observations[sample.observation];
  }
};

// One round of one fault.
struct FaultRecord {
  std::string id, kind, into;
  int round = 0;
  Nature nature = Nature::condition;
  std::optional<Duration> commanded;  // t_cmd
  std::optional<Duration> armed;      // t_armed
  std::optional<Duration> bit;        // t_bit
  std::string evidence;
  std::optional<Duration> healing;  // t_healing, when the call began; conditions only
  std::optional<Duration> healed;   // t_healed, when it had ended
  std::string failed;               // why it could not be injected; empty when it could
  std::string undo_failed;
  std::string changed_since;  // what an event's target is now; empty when as before
};

struct StepRecord {
  int index = 0;
  std::string kind;
  Text title;
  std::string state, result;
  bool manual = false;
  std::optional<Duration> started, finished;

  [[nodiscard]] Text name() const;  // its title, else its kind
};

struct ProcedureRecord {
  std::string name, state, why;
  std::optional<Duration> started, finished;
  std::vector<StepRecord> steps;
  int run = -1;  // index into Scenario::procedures; -1: not told (format 1)
};

struct PhaseRecord {
  std::string name;
  Duration from{};
  std::optional<Duration> to;  // none for the last phase of a torn journal
};

struct ServiceEvent {
  Duration at{};
  std::string service, state, why;
  int pid = 0;
};

struct LogLine {
  Duration at{};
  std::uint16_t service = 0;  // index into Record::log_services
  std::string line;
  bool gap = false;  // none that was printed: it stands for lines that were left out
  bool cut = false;  // only its beginning was kept
  // Of a line that was cut, or of lines that were left out: the patterns of the scenario's `log`
  // assertions that were found in the whole, and in how many lines.
  std::map<std::string, std::size_t> found;
  bool unsearched = false;  // a part of it was not even searched
};

// Something that happened at an instant which no other part of the record keeps.
struct Moment {
  Duration at{};
  std::string event;  // steady, recovered, patience, abort, interrupted, trouble; a fault's failed
  std::string whose;  // its probe or fault; empty when it has none
  std::string what;
};

// A drill of the same scenario and repeat in the same run, which was inconclusive.
struct EarlierAttempt {
  std::string journal;  // as reports name it
  std::string head;
};

struct Record {
  std::string source;  // the journal's file name, as given
  int format = 2;      // of the journal; what format 1 did not record is unknown
  std::string tool;    // version that wrote it
  std::uint64_t seed = 0;
  int repeat = 0;
  UtcInstant started{};
  Duration length{};  // t of the last event
  Plan plan;
  Scenario scenario;
  nlohmann::json environment, files;
  std::string operator_name, command;
  std::vector<EarlierAttempt> earlier;
  std::vector<PhaseRecord> phases;
  std::map<std::string, ProbeRecord> probes;
  std::map<std::string, LedgerRecord> ledgers;  // those that were read back, or should have been
  std::vector<FaultRecord> faults;              // by t_cmd
  std::vector<ProcedureRecord> procedures;
  std::vector<ServiceEvent> services;
  std::vector<std::string> log_services;
  std::vector<LogLine> log;
  std::string steady;  // held, not-reached, lost; empty: never judged
  std::string steady_why;
  std::vector<std::string> troubles;
  std::vector<std::string> strays;    // processes of the system that belong to no service
  std::vector<std::string> residue;   // from the journal and from the guardian's sibling
  std::vector<std::string> guardian;  // what the guardian or `undo` did, in words
  std::string outcome;                // of the `end` event; empty: torn, the drill was killed
  int stolen_percent = 0;             // of the machine's CPU time, by its host, inject to recover
  std::string abort_why;
  std::string interrupted_by;
  bool patience_over = false;
  std::vector<Moment> moments;  // for whoever tells the story; what is judged stands above
  bool torn = false;            // the last line was cut
  std::string head;             // hash of the last whole line

  [[nodiscard]] const PhaseRecord* phase(const std::string& name) const;
};

// Reads PATH, checks the chain, and adds the sibling `….guardian.jsonl` where there is one, and the
// ledgers beside it, whose hashes must be those in the journal.
// A broken chain, a wrong format version, or a line that is not an event is an error with its
// line number.
[[nodiscard]] Result<Record> read_record(const std::filesystem::path& path);
// The same from memory (tests, fuzzing); `guardian` may be empty. Ledgers have no place there.
[[nodiscard]] Result<Record> read_record(std::string_view journal, std::string_view guardian,
                                         std::string source);

}  // namespace reprise
