#include "harness/journal/record.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/journal/reader.h"

namespace reprise {
namespace {

// The first line holds a plan; no honest line comes near this.
constexpr std::size_t longest_line = std::size_t{64} << 20;
constexpr std::size_t chunk = std::size_t{1} << 20;

// Feeds every whole line of what is left in `text` and keeps the rest.
Result<void> feed(RecordReader& reader, std::string_view& text) {
  while (true) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return {};
    if (auto done = reader.line(text.substr(0, end)); !done) return done;
    text.remove_prefix(end + 1);
  }
}

// In chunks: a mapped file of some hundred MiB would count as memory in use.
Result<void> read_lines(RecordReader& reader, const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return failure("cannot open the journal {}: {}", path.string(), std::strerror(errno));
  }
  std::string buffer;
  std::size_t kept = 0;
  Result<void> done;
  while (done) {
    if (kept > longest_line) {
      done = failure("{} has a line of more than 64 MiB: not a journal", path.string());
      break;
    }
    buffer.resize(kept + chunk);
    const ssize_t got = ::read(descriptor, buffer.data() + kept, chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      done = failure("cannot read the journal {}: {}", path.string(), std::strerror(errno));
    }
    if (got <= 0) break;
    std::string_view text(buffer.data(), kept + static_cast<std::size_t>(got));
    done = feed(reader, text);
    kept = text.size();
    std::memmove(buffer.data(), text.data(), kept);
  }
  ::close(descriptor);
  if (done && kept > 0) reader.torn_line();
  return done;
}

}  // namespace

Text StepRecord::name() const { return title.by_language.empty() ? Text{{{"", kind}}} : title; }

const PhaseRecord* Record::phase(const std::string& name) const {
  for (const auto& phase : phases) {
    if (phase.name == name) return &phase;
  }
  return nullptr;
}

Result<Record> read_record(const std::filesystem::path& path) {
  RecordReader reader(path.string());
  if (auto done = read_lines(reader, path); !done) return std::unexpected(done.error());
  auto sibling = path;
  sibling.replace_extension(".guardian.jsonl");
  std::error_code ignored;
  if (std::filesystem::exists(sibling, ignored)) {
    reader.begin_guardian();
    if (auto done = read_lines(reader, sibling); !done) return std::unexpected(done.error());
  }
  if (auto done = reader.read_ledgers(path.parent_path()); !done) {
    return std::unexpected(done.error());
  }
  return reader.finish();
}

Result<Record> read_record(std::string_view journal, std::string_view guardian,
                           std::string source) {
  RecordReader reader(std::move(source));
  if (auto done = feed(reader, journal); !done) return std::unexpected(done.error());
  if (!journal.empty()) reader.torn_line();
  if (!guardian.empty()) {
    reader.begin_guardian();
    if (auto done = feed(reader, guardian); !done) return std::unexpected(done.error());
  }
  return reader.finish();
}

}  // namespace reprise
