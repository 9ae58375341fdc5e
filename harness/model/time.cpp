#include "harness/model/time.h"

#include <array>
#include <charconv>
#include <ctime>
#include <limits>

namespace reprise {
namespace {

__extension__ using Wide = __int128;

struct Unit {
  std::string_view name;
  std::int64_t factor;
};

// From long to short: the order in which they may follow one another.
constexpr std::array<Unit, 10> duration_units{{{"years", 365LL * 86'400 * 1'000'000'000},
                                               {"months", 30LL * 86'400 * 1'000'000'000},
                                               {"w", 7LL * 86'400 * 1'000'000'000},
                                               {"d", 86'400LL * 1'000'000'000},
                                               {"h", 3'600LL * 1'000'000'000},
                                               {"min", 60LL * 1'000'000'000},
                                               {"s", 1'000'000'000},
                                               {"ms", 1'000'000},
                                               {"us", 1'000},
                                               {"ns", 1}}};

constexpr std::array<Unit, 9> size_units{{{"TiB", 1LL << 40},
                                          {"GiB", 1LL << 30},
                                          {"MiB", 1LL << 20},
                                          {"KiB", 1LL << 10},
                                          {"TB", 1'000'000'000'000},
                                          {"GB", 1'000'000'000},
                                          {"MB", 1'000'000},
                                          {"KB", 1'000},
                                          {"B", 1}}};

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Input comes from people: what is quoted back is short.
std::string_view shortened(std::string_view text) { return text.substr(0, 40); }

// A decimal number kept exact: `digits` divided by ten to the power of `decimals`.
struct Decimal {
  std::int64_t digits = 0;
  int decimals = 0;
};

// Takes "12" or "1.5" off the front; nothing when there is no number or too many digits.
std::optional<Decimal> take_decimal(std::string_view& text) {
  Decimal out;
  std::size_t i = 0;
  int significant = 0;
  bool point = false;
  for (; i < text.size() && (digit(text[i]) || text[i] == '.'); ++i) {
    if (text[i] == '.') {
      if (point || i == 0 || i + 1 == text.size() || !digit(text[i + 1])) return std::nullopt;
      point = true;
      continue;
    }
    if (significant == 0 && text[i] == '0' && !point) continue;
    if (++significant > 18) return std::nullopt;
    out.digits = out.digits * 10 + (text[i] - '0');
    if (point) ++out.decimals;
  }
  if (i == 0) return std::nullopt;
  text.remove_prefix(i);
  return out;
}

std::string_view take_word(std::string_view& text) {
  std::size_t i = 0;
  while (i < text.size() && letter(text[i])) ++i;
  auto word = text.substr(0, i);
  text.remove_prefix(i);
  return word;
}

// The number times the factor, when that is whole and fits.
std::optional<std::int64_t> scaled(Decimal number, std::int64_t factor) {
  Wide value = static_cast<Wide>(number.digits) * factor;
  for (int i = 0; i < number.decimals; ++i) {
    if (value % 10 != 0) return std::nullopt;
    value /= 10;
  }
  if (value > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  std::int64_t total = 0;
  std::size_t earliest = 0;  // the first unit that may still follow
  do {
    auto number = take_decimal(rest);
    if (!number) {
      return failure("'{}' is not a duration: a number and a unit are expected, as in 250ms",
                     shortened(text));
    }
    auto word = take_word(rest);
    if (word.empty()) return failure("the duration '{}' has no unit", shortened(text));
    auto unit = std::ranges::find(duration_units, word, &Unit::name);
    if (unit == duration_units.end()) {
      return failure(
          "the duration '{}' has an unknown unit '{}': ns us ms s min h d w months years",
          shortened(text), shortened(word));
    }
    auto index = static_cast<std::size_t>(unit - duration_units.begin());
    if (index < earliest) {
      return failure("the units of the duration '{}' are not from long to short", shortened(text));
    }
    earliest = index + 1;
    auto part = scaled(*number, unit->factor);
    if (!part || *part > std::numeric_limits<std::int64_t>::max() - total) {
      return failure("the duration '{}' is too large or finer than a nanosecond", shortened(text));
    }
    total += *part;
  } while (!rest.empty());
  return Duration(total);
}

std::string format_duration(Duration duration) {
  auto rest = duration.count();
  if (rest == 0) return "0s";
  // Unsigned, since the least value has no positive counterpart.
  auto left = rest < 0 ? 0 - static_cast<std::uint64_t>(rest) : static_cast<std::uint64_t>(rest);
  std::string out = rest < 0 ? "-" : "";
  for (std::size_t i = 3; i < 6; ++i) {  // days, hours, minutes
    auto factor = static_cast<std::uint64_t>(duration_units[i].factor);
    if (left >= factor) out += fmt::format("{}{}", left / factor, duration_units[i].name);
    left %= factor;
  }
  if (left == 0) return out;
  std::size_t i = 6;
  while (static_cast<std::uint64_t>(duration_units[i].factor) > left) ++i;
  auto factor = static_cast<std::uint64_t>(duration_units[i].factor);
  out += std::to_string(left / factor);
  if (left % factor != 0) {
    auto width = std::to_string(factor).size() - 1;
    auto fraction = fmt::format("{:0{}}", left % factor, width);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    out += "." + fraction;
  }
  return out + std::string(duration_units[i].name);
}

Result<std::uint64_t> parse_size(std::string_view text) {
  std::string_view rest = text;
  auto number = take_decimal(rest);
  if (!number) {
    return failure("'{}' is not a size: a number and a unit are expected, as in 64KiB",
                   shortened(text));
  }
  auto unit = std::ranges::find(size_units, rest, &Unit::name);
  if (unit == size_units.end()) {
    return failure("the size '{}' has no unit of B KB MB GB TB KiB MiB GiB TiB", shortened(text));
  }
  auto bytes = scaled(*number, unit->factor);
  if (!bytes) return failure("the size '{}' is too large or not whole bytes", shortened(text));
  return static_cast<std::uint64_t>(*bytes);
}

Result<double> parse_percentage(std::string_view text) {
  std::string_view rest = text;
  auto number = take_decimal(rest);
  if (!number || rest != "%") {
    return failure("'{}' is not a percentage: as in 99.9%", shortened(text));
  }
  // Through text, so that 99.9% is the double nearest to 0.999.
  auto share = fmt::format("{}e-{}", number->digits, number->decimals + 2);
  double out = 0;
  std::from_chars(share.data(), share.data() + share.size(), out);
  if (out > 1) return failure("the percentage '{}' is over 100%", shortened(text));
  return out;
}

std::string format_utc(UtcInstant instant) {
  auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(instant.time_since_epoch());
  auto seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
  auto days = std::chrono::floor<std::chrono::days>(seconds);
  std::chrono::year_month_day date{std::chrono::sys_days(days)};
  std::chrono::hh_mm_ss time(seconds - days);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     (milliseconds - seconds).count());
}

}  // namespace reprise
