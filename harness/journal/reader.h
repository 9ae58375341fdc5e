// Builds a Record from a journal's lines, one at a time, so that a file never has to be in memory.
//
// Ownership: owns the Record until `finish`. Threads: one.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "harness/journal/record.h"
#include "harness/journal/sample_line.h"

namespace reprise {

class RecordReader {
 public:
  explicit RecordReader(std::string source);

  // One line without its newline. The first error ends the reading.
  Result<void> line(std::string_view line);
  // Something stood after the last newline: cut by a kill, which the guardian's file may be too.
  void torn_line() { record_.torn = record_.torn || !guardian_; }
  // The guardian's file follows: a chain of its own, hooked onto the journal's head.
  void begin_guardian() {
    guardian_ = true;
    number_ = 0;
  }
  // Reads the ledgers that the journal names, in its folder.
  Result<void> read_ledgers(const std::filesystem::path& folder);
  Result<Record> finish();

 private:
  struct Interned {
    std::string_view outcome, values;
    bool operator==(const Interned&) const = default;
  };
  struct InternedHash {
    std::size_t operator()(const Interned& key) const {
      return std::hash<std::string_view>()(key.values) * 31 +
             std::hash<std::string_view>()(key.outcome);
    }
  };
  // Raw texts of the observations seen so far; `texts` owns what the keys look at.
  struct ProbeState {
    ProbeRecord* record = nullptr;
    std::unordered_map<Interned, std::uint32_t, InternedHash> known;
    std::vector<std::unique_ptr<std::string>> texts;
  };

  [[nodiscard]] std::unexpected<Error> broken(std::string what) const;
  Result<void> journal_line(std::string_view line);
  Result<bool> fast_sample(const SampleLine& sample);
  Result<void> general_line(std::string_view line);
  Result<void> guardian_line(std::string_view line);
  Result<void> chained(std::string_view previous) const;
  void clean_again();

  ProbeState& probe(std::string_view name);
  std::uint32_t intern(ProbeState& state, std::string_view outcome, std::string_view raw,
                       nlohmann::json values);

  // One function an event; `line` has been checked to be an object with n, t and prev.
  Result<void> apply(const std::string& event, Duration t, const nlohmann::json& line);
  Result<void> drill(const nlohmann::json& line);
  void phase(Duration t, const nlohmann::json& line);
  void service(Duration t, const nlohmann::json& line);
  void log(Duration t, const nlohmann::json& line);
  Result<void> sample(const nlohmann::json& line);
  Result<void> skipped(const nlohmann::json& line);
  Result<void> fault(Duration t, const nlohmann::json& line);
  void procedure(Duration t, const nlohmann::json& line);
  void step(Duration t, const nlohmann::json& line);
  void ledger(const nlohmann::json& line);
  void note(const std::string& event, Duration t, const nlohmann::json& line);

  Record record_;
  std::uint64_t number_ = 0;
  std::string previous_;
  bool guardian_ = false;
  std::map<std::string, ProbeState, std::less<>> probes_;
  std::map<std::string, std::uint16_t> log_services_;
  struct NamedLedger {
    std::string ledger, file, sha256;
  };
  std::vector<NamedLedger> ledger_files_;
};

}  // namespace reprise
