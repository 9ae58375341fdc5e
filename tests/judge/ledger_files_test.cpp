// From a ledger's file to its classes and its RPO interval, against an oracle that follows the
// definitions word by word: what production reads out of the text, and what it counts from that.
#include <sstream>

#include <gtest/gtest.h>

#include "harness/journal/ledger_file.h"
#include "harness/judge/data_loss.h"
#include "tests/judge/ledger_oracle.h"
#include "tests/support/temporary_folder.h"

namespace reprise::testing {
namespace {

// In words; nothing where all is as it should be.
std::string deviation(const DataLoss& is, const DataLoss& should) {
  const struct {
    const char* name;
    std::optional<std::int64_t> is, should;
  } figures[] = {
      {"acknowledged", is.acknowledged, should.acknowledged},
      {"refused", is.refused, should.refused},
      {"unknown", is.unknown, should.unknown},
      {"kept", is.kept, should.kept},
      {"lost", is.lost, should.lost},
      {"recovered", is.recovered, should.recovered},
      {"phantom", is.phantom, should.phantom},
      {"duplicated", is.duplicated, should.duplicated},
      {"corrupted", is.corrupted, should.corrupted},
      {"stale", is.stale, should.stale},
      {"holes", is.holes, should.holes},
      {"lost after the failure", is.lost_after, should.lost_after},
      {"sent when over", is.sent_when_over, should.sent_when_over},
      {"lost when over", is.lost_when_over, should.lost_when_over},
      {"acknowledged before", is.acknowledged_before, should.acknowledged_before},
      {"resolution", is.resolution.count(), should.resolution.count()},
      {"reach", is.reach.count(), should.reach.count()},
      {"RPO's lower end", is.rpo.low.count(), should.rpo.low.count()},
      {"RPO's upper end", is.rpo.high ? std::optional(is.rpo.high->count()) : std::nullopt,
       should.rpo.high ? std::optional(should.rpo.high->count()) : std::nullopt},
  };
  std::string words;
  const auto written = [](const std::optional<std::int64_t>& figure) {
    return figure ? std::to_string(*figure) : std::string("none");
  };
  for (const auto& one : figures) {
    if (one.is == one.should) continue;
    words +=
        fmt::format("{} is {}, should be {}\n", one.name, written(one.is), written(one.should));
  }
  return words;
}

std::string deviation(const LedgerRecord& read, const ToldLedger& told,
                      const LossByDefinition& should) {
  if (read.readings != should.readings) return fmt::format("{} readings", read.readings);
  if (read.settled != should.settled) return read.settled ? "settled" : "not settled";
  if (!read.settled) return "";  // and nothing is judged
  return deviation(
      data_loss(read, {{{told.commanded, told.armed}}, told.over}, told.allowed, false),
      should.loss);
}

std::string in_full(std::uint64_t seed, const ToldLedger& told) {
  return fmt::format("seed {}, commanded {}, armed {}, over {}, copies allowed {}\n{}", seed,
                     told.commanded.count(), told.armed.count(),
                     told.over.value_or(Duration(-1)).count(), told.allowed, file_of(told));
}

// In how many histories there was any of each class: an oracle that never sees one proves nothing.
struct ClassesSeen {
  int settled = 0, lost = 0, recovered = 0, phantom = 0, duplicated = 0, corrupted = 0, stale = 0;
  int holes = 0, lost_after = 0, lost_when_over = 0, unbounded = 0, negative = 0, lossless = 0;

  void add(const LossByDefinition& one) {
    if (!one.settled) return;
    const DataLoss& loss = one.loss;
    ++settled;
    lost += loss.lost > 0;
    recovered += loss.recovered > 0;
    phantom += loss.phantom > 0;
    duplicated += loss.duplicated > 0;
    corrupted += loss.corrupted > 0;
    stale += loss.stale > 0;
    holes += loss.holes > 0;
    lost_after += loss.lost_after > 0;
    lost_when_over += loss.lost_when_over > 0;
    unbounded += !loss.rpo.high;
    negative += loss.rpo.low < Duration::zero();
    lossless += loss.lost == 0 && loss.acknowledged_before > 1;
  }
  [[nodiscard]] int rarest() const {
    return std::min({settled, lost, recovered, phantom, duplicated, corrupted, stale, holes,
                     lost_after, lost_when_over, unbounded, negative, lossless});
  }
};

TEST(LedgerFiles, AreReadAndCountedAsTheDefinitionsSay) {
  constexpr std::uint64_t histories = 20'000;
  ClassesSeen seen;
  for (std::uint64_t seed = 0; seed < histories; ++seed) {
    const ToldLedger told = random_ledger(seed);
    const auto read = parse_ledger(file_of(told), "told.ledger");
    ASSERT_TRUE(read) << read.error().text() << "\n" << in_full(seed, told);
    const LossByDefinition should = loss_by_definition(told);
    const std::string words = deviation(*read, told, should);
    ASSERT_EQ(words, "") << in_full(seed, told);
    seen.add(should);
  }
  EXPECT_GT(seen.rarest(), 500);
  EXPECT_LT(seen.settled, static_cast<int>(histories) - 500) << "some readings must disagree";
}

// The text once more, by whoever writes it in a drill; its SHA-256.
std::string written_by_the_harness(const std::filesystem::path& path, const std::string& text) {
  auto file = LedgerFile::create(path);
  if (!file) return file.error().text();
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);  // what kind of file it is
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    char kind = 0;
    std::uint64_t number = 0;
    std::int64_t instant = 0;
    std::uint64_t mark = 0;
    words >> kind;
    if (kind == 'i') words >> number >> instant >> std::hex >> mark;
    if (kind == 'e') words >> number >> std::hex >> mark;
    if (kind == 'a' || kind == 'f' || kind == 'u') words >> number >> instant;
    if (kind == 'r' || kind == 'd') words >> instant;
    switch (kind) {
      case 'i': file->intend(Duration(instant), mark); break;
      case 'a': file->answered(number, WriteOutcome::acknowledged, Duration(instant)); break;
      case 'f': file->answered(number, WriteOutcome::refused, Duration(instant)); break;
      case 'u': file->answered(number, WriteOutcome::unknown, Duration(instant)); break;
      case 'r': file->begin_reading(Duration(instant)); break;
      case 'e': file->found(number, mark); break;
      case 'x': file->found_stray(); break;
      default: file->end_reading(Duration(instant)); break;
    }
  }
  return file->finish();
}

TEST(LedgerFiles, OfTheOracleAreThoseOfTheHarness) {
  const TemporaryFolder folder;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    ToldLedger told = random_ledger(seed);
    told.torn.clear();  // the file of a drill that came to its end
    const std::string sha256 = written_by_the_harness(folder.path() / "x.ledger", file_of(told));
    ASSERT_EQ(folder.read("x.ledger"), file_of(told)) << seed;
    const auto read = read_ledger(folder.path() / "x.ledger", sha256);
    ASSERT_TRUE(read) << read.error().text();
    const std::string words = deviation(*read, told, loss_by_definition(told));
    ASSERT_EQ(words, "") << in_full(seed, told);
  }
}

}  // namespace
}  // namespace reprise::testing
