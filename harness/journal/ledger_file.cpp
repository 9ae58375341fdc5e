#include "harness/journal/ledger_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "harness/journal/writing.h"

namespace reprise {
namespace {

constexpr std::size_t most_held = std::size_t{64} << 10;

char letter(WriteOutcome outcome) {
  switch (outcome) {
    case WriteOutcome::acknowledged: return 'a';
    case WriteOutcome::refused: return 'f';
    case WriteOutcome::unknown: return 'u';
  }
  broken_invariant("an outcome is one of three", __FILE__, __LINE__);
}

}  // namespace

Result<LedgerFile> LedgerFile::create(const std::filesystem::path& path) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    return failure("cannot create the ledger {}: {}", path.string(), write_failure(path, errno));
  }
  LedgerFile file;
  file.path_ = path;
  file.descriptor_ = descriptor;
  file.add("reprise-ledger 1\n");
  return file;
}

LedgerFile::LedgerFile(LedgerFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      next_(other.next_),
      held_(std::move(other.held_)),
      trouble_(std::move(other.trouble_)),
      hash_(std::move(other.hash_)) {}

LedgerFile& LedgerFile::operator=(LedgerFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(next_, other.next_);
  std::swap(held_, other.held_);
  std::swap(trouble_, other.trouble_);
  std::swap(hash_, other.hash_);
  return *this;
}

LedgerFile::~LedgerFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::uint64_t LedgerFile::intend(Duration sent, std::uint64_t mark) {
  add(fmt::format("i {} {} {:x}\n", next_, sent.count(), mark));
  flush();
  return next_++;
}

void LedgerFile::answered(std::uint64_t entry, WriteOutcome outcome, Duration at) {
  add(fmt::format("{} {} {}\n", letter(outcome), entry, at.count()));
  flush();
}

void LedgerFile::begin_reading(Duration at) { add(fmt::format("r {}\n", at.count())); }
void LedgerFile::found(std::uint64_t entry, std::uint64_t mark) {
  add(fmt::format("e {} {:x}\n", entry, mark));
}
void LedgerFile::found_stray() { add("x\n"); }
void LedgerFile::end_reading(Duration at) { add(fmt::format("d {}\n", at.count())); }

std::string LedgerFile::finish() {
  flush();
  return hash_.finish();
}

void LedgerFile::add(std::string_view line) {
  held_ += line;
  if (held_.size() > most_held) flush();
}

void LedgerFile::flush() {
  hash_.add(held_);
  const int reason = trouble_.empty() ? write_all(descriptor_, held_) : 0;
  if (reason != 0) trouble_ = "cannot write the ledger: " + write_failure(path_, reason);
  held_.clear();
}

}  // namespace reprise
