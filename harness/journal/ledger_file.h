// Writes a drill's ledger (ledger.h) while it happens: an intent is in the file before its write is
// sent, so that a killed drill knows of everything that the system may hold.
//
// Ownership: owns its descriptor. Threads: one.
#pragma once

#include <filesystem>
#include <string>

#include "harness/journal/ledger.h"
#include "harness/journal/sha256.h"

namespace reprise {

class LedgerFile {
 public:
  // Replaces a file of that name.
  static Result<LedgerFile> create(const std::filesystem::path& path);
  LedgerFile(LedgerFile&& other) noexcept;
  LedgerFile& operator=(LedgerFile&& other) noexcept;
  ~LedgerFile();

  // The number of the new entry, from 0.
  std::uint64_t intend(Duration sent, std::uint64_t mark);
  void answered(std::uint64_t entry, WriteOutcome outcome, Duration at);
  void begin_reading(Duration at);
  void found(std::uint64_t entry, std::uint64_t mark);
  void found_stray();
  void end_reading(Duration at);

  [[nodiscard]] std::uint64_t entries() const { return next_; }
  // Why the file is not whole; empty when it is.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  // Writes what is still held back; SHA-256 of the whole file. Nothing can be added then.
  [[nodiscard]] std::string finish();

 private:
  LedgerFile() = default;
  void add(std::string_view line);
  void flush();

  std::filesystem::path path_;
  int descriptor_ = -1;
  std::uint64_t next_ = 0;
  std::string held_;  // of readings, which are many lines at once
  std::string trouble_;
  RunningSha256 hash_;
};

}  // namespace reprise
