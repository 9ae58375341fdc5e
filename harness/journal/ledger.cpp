#include "harness/journal/ledger.h"

#include <charconv>
#include <fstream>

#include "harness/journal/fields.h"
#include "harness/journal/sha256.h"

namespace reprise {
namespace {

constexpr std::string_view first_line = "reprise-ledger 1";
constexpr std::size_t block_size = std::size_t{1} << 20;
constexpr std::uint16_t most_copies = 0xffff;

// Lines one after the other, so that a ledger of a million entries is never in memory as text.
class LedgerParser {
 public:
  explicit LedgerParser(std::string source) : source_(std::move(source)) {}

  Result<void> line(std::string_view text) {
    ++number_;
    if (number_ == 1) {
      if (text == first_line) return {};
      return broken("not a ledger of the format that this program reads");
    }
    rest_ = text.substr(std::min<std::size_t>(2, text.size()));
    bool fits = text.size() == 1 || (text.size() > 2 && text[1] == ' ');
    fits = fits && !text.empty() && apply(text[0]) && rest_.empty();
    if (fits) return {};
    return broken("this line is none of a ledger");
  }

  LedgerRecord finish() {
    record_.settled = record_.readings > 1 && same_;
    return std::move(record_);
  }

 private:
  std::unexpected<Error> broken(std::string what) const {
    return std::unexpected(Error{std::move(what), "", Location{source_, number_, 0}});
  }

  template <class Number>
  bool take(Number& number, int base = 10) {
    const auto [end, error] =
        std::from_chars(rest_.data(), rest_.data() + rest_.size(), number, base);
    if (error != std::errc{}) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    if (!rest_.empty() && rest_.front() != ' ') return false;
    rest_.remove_prefix(rest_.empty() ? 0 : 1);
    return true;
  }
  bool take(Duration& instant) {
    std::int64_t number = 0;
    if (!take(number) || !is_instant(number)) return false;
    instant = Duration(number);
    return true;
  }
  LedgerEntry* take_entry() {
    std::uint64_t number = 0;
    if (!take(number) || number >= record_.entries.size()) return nullptr;
    return &record_.entries[number];
  }

  bool apply(char kind) {
    switch (kind) {
      case 'i': return intent();
      case 'a': return answer(WriteOutcome::acknowledged);
      case 'f': return answer(WriteOutcome::refused);
      case 'u': return answer(WriteOutcome::unknown);
      case 'r': return begin_reading();
      case 'e': return found();
      case 'x': return reading_ && ++strays_ > 0;
      case 'd': return end_reading();
      default: return false;
    }
  }

  bool intent() {
    std::uint64_t number = 0;
    LedgerEntry entry;
    // What is sent while it is read proves nothing.
    if (!take(number) || number != record_.entries.size() || begun_once_) return false;
    if (!take(entry.sent) || !take(entry.mark, 16)) return false;
    entry.answered = entry.sent;
    record_.entries.push_back(entry);
    return true;
  }

  bool answer(WriteOutcome outcome) {
    LedgerEntry* entry = take_entry();
    if (!entry || entry->outcome != WriteOutcome::unknown || !take(entry->answered)) return false;
    entry->outcome = outcome;
    return entry->answered >= entry->sent;
  }

  bool begin_reading() {
    if (!take(begun_)) return false;
    // One that broke off counts for nothing.
    reading_ = begun_once_ = true;
    copies_.assign(record_.entries.size(), 0);
    corrupted_.assign(record_.entries.size(), false);
    strays_ = 0;
    return true;
  }

  bool found() {
    std::uint64_t number = 0;
    std::uint64_t mark = 0;
    if (!reading_ || !take(number) || !take(mark, 16) || number >= copies_.size()) return false;
    if (copies_[number] < most_copies) ++copies_[number];
    if (mark != record_.entries[number].mark) corrupted_[number] = true;
    return true;
  }

  bool end_reading() {
    Duration ended{};
    if (!reading_ || !take(ended)) return false;
    reading_ = false;
    same_ = strays_ == record_.strays;
    for (std::size_t i = 0; i < copies_.size(); ++i) {
      LedgerEntry& entry = record_.entries[i];
      same_ = same_ && entry.copies == copies_[i] && entry.corrupted == corrupted_[i];
      // Of the readings before, only those say something that began after the acknowledgement.
      if (entry.acknowledged() && copies_[i] == 0 && begun_ >= entry.answered) {
        missed_.resize(copies_.size(), false);
        missed_[i] = true;
      }
      entry.copies = copies_[i];
      entry.corrupted = corrupted_[i];
      entry.stale = copies_[i] > 0 && !missed_.empty() && missed_[i];
    }
    record_.strays = strays_;
    ++record_.readings;
    return true;
  }

  std::string source_;
  int number_ = 0;
  std::string_view rest_;
  LedgerRecord record_;
  // Of the reading under way:
  bool reading_ = false;
  bool begun_once_ = false;
  bool same_ = false;
  Duration begun_{};
  std::vector<std::uint16_t> copies_;
  std::vector<bool> corrupted_;
  std::vector<bool> missed_;  // in any whole reading
  std::uint64_t strays_ = 0;
};

// Feeds the whole lines of `text` and keeps the rest.
Result<void> feed_lines(LedgerParser& parser, std::string_view& text) {
  for (auto end = text.find('\n'); end != text.npos; end = text.find('\n')) {
    if (auto done = parser.line(text.substr(0, end)); !done) return done;
    text.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace

std::uint64_t payload_mark(std::string_view payload) {
  const std::string hash = sha256(payload).substr(0, 16);
  std::uint64_t mark = 0;
  std::from_chars(hash.data(), hash.data() + hash.size(), mark, 16);
  return mark;
}

Result<LedgerRecord> parse_ledger(std::string_view text, const std::string& source) {
  LedgerParser parser(source);
  if (auto done = feed_lines(parser, text); !done) return std::unexpected(done.error());
  return parser.finish();
}

Result<LedgerRecord> read_ledger(const std::filesystem::path& path, const std::string& sha256) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return failure("the ledger {} is not beside the journal", path.string());
  LedgerParser parser(path.string());
  RunningSha256 hash;
  std::string block(block_size, '\0');
  std::size_t kept = 0;
  while (true) {
    file.read(block.data() + kept, static_cast<std::streamsize>(block.size() - kept));
    const auto got = static_cast<std::size_t>(file.gcount());
    if (got == 0) break;
    hash.add(std::string_view(block).substr(kept, got));
    std::string_view text(block.data(), kept + got);
    if (auto done = feed_lines(parser, text); !done) return std::unexpected(done.error());
    kept = text.size();
    if (kept == block.size()) return failure("{} has a line of a megabyte", path.string());
    std::copy(text.begin(), text.end(), block.begin());
  }
  if (hash.finish() == sha256) return parser.finish();
  auto error =
      failure("the ledger {} is not the one whose hash the journal records", path.string());
  error.error().remedy = "it was changed or cut after the drill";
  return error;
}

}  // namespace reprise
