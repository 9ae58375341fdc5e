// The journal: append-only JSON Lines, one event a line, the only bridge from the running side to
// the judging side. The format is a promise: auditors keep these files for years.
//
// Every line is an object {"n", "t", "utc", "event", …, "prev"}:
//   n      the line's number, from 0      t    nanoseconds since the drill's start, monotonic
//   utc    RFC 3339                       prev SHA-256 (hex) of the line before, without its
//                                              newline; of the empty string for line 0
// Events and their fields are listed in journal/events.md.
//
// One write() an event, so a killed drill leaves at most one torn last line. Room for the end of
// the drill is reserved on the disk ahead of what is written, where the file system can: when the
// disk is full, the journal still tells so, and how the drill was healed and ended.
// Ownership: a Journal owns its descriptor. Threads: one thread at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "harness/journal/sha256.h"
#include "harness/model/error.h"
#include "harness/model/secrets/redaction.h"
#include "harness/model/time.h"

namespace reprise {

inline constexpr int journal_format = 2;

class Journal {
 public:
  // Creates the file (an existing one is an error). `now` gives t, `utc` gives utc; both are
  // asked once an event unless `write_at` names the instant.
  static Result<Journal> create(const std::filesystem::path& path, std::function<Duration()> now,
                                std::function<UtcInstant()> utc);
  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  // A failed write stops nothing here: `trouble` then tells, and the drill is inconclusive. On a
  // full disk an event `trouble` says so, and samples and lines of logs are no longer kept.
  void write(std::string_view event, nlohmann::json fields);
  void write_at(Duration t, std::string_view event, nlohmann::json fields);
  // From now on no event shows a secret. The redaction outlives the journal.
  void hide(const Redaction& redaction) { redaction_ = &redaction; }

  // Set after a write failed (descriptor gone, a full disk that could not be foreseen): what was
  // lost cannot be judged.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  // Set when the disk is full and the journal lives on its reserve.
  [[nodiscard]] const std::string& full() const { return full_; }
  // SHA-256 (hex) of the last line: what an auditor publishes.
  [[nodiscard]] const std::string& head() const { return previous_; }

 private:
  Journal() = default;
  void redact(std::string_view event, nlohmann::json& fields) const;
  void add_line(Duration t, std::string_view event, const nlohmann::json& fields);
  [[nodiscard]] int reserve(std::size_t size);
  void give_back() const;

  std::filesystem::path path_;
  int descriptor_ = -1;
  int owner_ = 0;  // the process that writes it; a copy of it in another one gives nothing back
  std::uint64_t size_ = 0, reserved_ = 0;
  bool reserves_ = true;
  std::string full_;
  std::uint64_t next_ = 0;
  std::string previous_;
  std::string trouble_;
  const Redaction* redaction_ = nullptr;
  std::function<Duration()> now_;
  std::function<UtcInstant()> utc_;
};

}  // namespace reprise
