#include "tests/judge/told_ledger.h"

#include <algorithm>
#include <random>
#include <tuple>

namespace reprise::testing {
namespace {

class LedgerDraw {
 public:
  explicit LedgerDraw(std::uint64_t seed) : random_(seed) {}

  ToldLedger draw() {
    draw_writes();
    draw_kept();
    draw_readings();
    draw_failure();
    return std::move(told_);
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  bool one_in(std::uint64_t count) { return below(count) == 0; }
  Duration less_than(std::uint64_t limit) { return Duration(below(limit)); }

  void draw_writes() {
    const auto count = one_in(60) ? 20 + below(25) : below(14);
    for (std::uint64_t i = 0; i < count; ++i) {
      now_ += less_than(5);  // two clients may send at once
      ToldWrite& write = told_.writes.emplace_back();
      write.sent = now_;
      write.answer = "aaaaaaaaafuu"[below(12)];
      write.answered = now_ + less_than(one_in(4) ? 30 : 7);
      if (one_in(20)) write.answer = 0;
      write.mark = random_() >> below(64);
    }
  }

  // What the system holds when all is over: single entries are gone, or those of a stretch.
  void draw_kept() {
    const auto keeps = 2 + below(7);
    const bool stretch = one_in(2);
    const Duration from = less_than(30);
    const Duration to = from + less_than(20);
    for (std::size_t i = 0; i < told_.writes.size(); ++i) {
      const ToldWrite& write = told_.writes[i];
      bool kept = stretch ? write.sent < from || write.sent >= to : below(8) < keeps;
      if (write.answer == 'f') kept = one_in(8);
      if (write.answer == 'u' || write.answer == 0) kept = one_in(2);
      if (!kept) continue;
      for (auto copies = one_in(10) ? 2 + below(3) : 1; copies > 0; --copies) {
        held_.push_back({i, one_in(20) ? changed(write.mark) : write.mark});
      }
    }
    strays_ = one_in(12) ? 1 + below(3) : 0;
  }
  std::uint64_t changed(std::uint64_t mark) { return mark ^ (std::uint64_t{1} << below(64)); }

  // Every entry is sent before the first; answers may still come while it is read.
  void draw_readings() {
    constexpr std::size_t most = 6;
    const auto count = one_in(10) ? below(2) : 2 + below(most - 1);
    const bool agrees = !one_in(10);
    for (std::size_t i = 0; i < count; ++i) {
      if (one_in(12)) draw_broken();
      ToldReading& reading = draw_reading();
      if (i + 2 < count || !agrees) disturb(reading);
      std::ranges::shuffle(reading.found, random_);
    }
    if (!one_in(12)) return;
    if (one_in(2)) draw_broken();
    const std::vector<std::string> ends{"r 9", "e 0 a", "d 999", "x", "a 0 99", "i"};
    told_.torn = ends[below(ends.size())];
  }
  ToldReading& draw_reading() {
    ToldReading& reading = told_.readings.emplace_back();
    reading.begun = now_ + less_than(8);
    reading.ended = reading.begun + less_than(8);
    now_ = reading.ended + Duration(1);
    reading.found = held_;
    reading.strays = strays_;
    return reading;
  }
  void draw_broken() {
    ToldReading& reading = draw_reading();
    reading.whole = false;
    disturb(reading);
    reading.found.resize(below(reading.found.size() + 1));
  }
  // It finds less, more or something else.
  void disturb(ToldReading& reading) {
    if (one_in(8)) reading.strays += 1 + below(2);
    for (std::size_t i = 0; i < told_.writes.size(); ++i) {
      if (!one_in(8)) continue;
      const auto of_this = [i](const ToldCopy& copy) { return copy.entry == i; };
      const auto one = std::ranges::find_if(reading.found, of_this);
      const auto how = below(4);
      if (one == reading.found.end()) {
        if (how == 0) reading.found.push_back({i, told_.writes[i].mark});
      } else if (how == 0) {
        reading.found.push_back(*one);
      } else if (how == 1) {
        one->mark = changed(one->mark);
      } else {
        std::erase_if(reading.found, of_this);
      }
    }
  }

  void draw_failure() {
    const Duration last = told_.writes.empty() ? Duration(9) : told_.writes.back().sent;
    told_.commanded = less_than(static_cast<std::uint64_t>(last.count()) + 12);
    told_.armed = told_.commanded + less_than(5);
    if (one_in(2)) told_.over = told_.commanded + less_than(20);
    if (one_in(4)) told_.allowed = 2 + static_cast<unsigned>(below(2));
  }

  std::mt19937_64 random_;
  ToldLedger told_;
  Duration now_{};
  std::vector<ToldCopy> held_;
  std::uint64_t strays_ = 0;
};

}  // namespace

ToldLedger random_ledger(std::uint64_t seed) { return LedgerDraw(seed).draw(); }

std::string file_of(const ToldLedger& told) {
  std::vector<std::tuple<Duration, int, std::string>> lines;
  for (std::size_t i = 0; i < told.writes.size(); ++i) {
    const ToldWrite& write = told.writes[i];
    lines.emplace_back(write.sent, 0,
                       fmt::format("i {} {} {:x}\n", i, write.sent.count(), write.mark));
    if (write.answer == 0) continue;
    lines.emplace_back(write.answered, 1,
                       fmt::format("{} {} {}\n", write.answer, i, write.answered.count()));
  }
  for (const ToldReading& reading : told.readings) {
    lines.emplace_back(reading.begun, 2, fmt::format("r {}\n", reading.begun.count()));
    std::string found;
    for (const ToldCopy& copy : reading.found) {
      found += fmt::format("e {} {:x}\n", copy.entry, copy.mark);
    }
    for (std::uint64_t i = 0; i < reading.strays; ++i) found += "x\n";
    if (reading.whole) found += fmt::format("d {}\n", reading.ended.count());
    lines.emplace_back(reading.ended, 3, std::move(found));
  }
  std::ranges::stable_sort(lines, [](const auto& one, const auto& other) {
    return std::tie(std::get<0>(one), std::get<1>(one)) <
           std::tie(std::get<0>(other), std::get<1>(other));
  });
  std::string text = "reprise-ledger 1\n";
  for (const auto& line : lines) text += std::get<2>(line);
  return text + told.torn;
}

}  // namespace reprise::testing
