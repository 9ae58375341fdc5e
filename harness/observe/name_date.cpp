#include "harness/observe/name_date.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "harness/model/wording.h"

namespace reprise {
namespace {

constexpr std::string_view date_numbers = "YymdeHkIlMSjs";
constexpr std::string_view date_words = "bhBaApzZ";
constexpr std::array month_names{"january",   "february", "march",    "april",
                                 "may",       "june",     "july",     "august",
                                 "september", "october",  "november", "december"};
constexpr std::array weekday_names{"sunday",   "monday", "tuesday", "wednesday",
                                   "thursday", "friday", "saturday"};

bool is_date_digit(char c) { return c >= '0' && c <= '9'; }

char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool takes_word(std::string_view& rest, std::string_view word) {
  const auto same = [](char left, char right) { return lower_case(left) == lower_case(right); };
  if (rest.size() < word.size() || !std::ranges::equal(rest.substr(0, word.size()), word, same)) {
    return false;
  }
  rest.remove_prefix(word.size());
  return true;
}

// What several conversions write together.
std::string_view shorthand(char conversion) {
  switch (conversion) {
    case 'F': return "%Y-%m-%d";
    case 'T': return "%H:%M:%S";
    case 'R': return "%H:%M";
    case 'D': return "%m/%d/%y";
    default: return {};
  }
}

std::string written_out(std::string_view form) {
  std::string whole;
  while (!form.empty()) {
    const std::size_t taken = form.starts_with('%') ? std::min<std::size_t>(2, form.size()) : 1;
    const auto several = taken == 2 ? shorthand(form[1]) : std::string_view();
    whole += several.empty() ? form.substr(0, taken) : several;
    form.remove_prefix(taken);
  }
  return whole;
}

// Two of one letter say the same thing.
char what_it_tells(char conversion) {
  switch (conversion) {
    case 'y': return 'Y';
    case 'e': return 'd';
    case 'b':
    case 'h':
    case 'B': return 'm';
    case 'k':
    case 'I':
    case 'l': return 'H';
    case 'A': return 'a';
    case 'Z': return 'z';
    default: return conversion;
  }
}

std::string conversions(std::string_view letters) {
  std::string all;
  for (const char letter : letters) all += fmt::format("{}%{}", all.empty() ? "" : " ", letter);
  return all;
}

// Of one name, as far as it has been read.
struct NameRead {
  std::string_view rest;
  std::int64_t year = 1970, epoch = 0;
  int month = 1, day = 1, hour = 0, minute = 0, second = 0, offset_minutes = 0;
  std::optional<int> day_of_year, weekday;
  bool twelve_hours = false, afternoon = false;
  std::string strange_zone;

  // A number of up to so many digits; blanks fill it up where programs write it so.
  bool number(int digits, std::int64_t low, std::int64_t high, auto& out) {
    while (digits > 1 && rest.starts_with(' ')) {
      rest.remove_prefix(1);
      --digits;
    }
    std::size_t count = 0;
    while (count < rest.size() && count < static_cast<std::size_t>(digits) &&
           is_date_digit(rest[count]))
      ++count;
    std::int64_t value = 0;
    const auto read = std::from_chars(rest.data(), rest.data() + count, value);
    if (count == 0 || read.ec != std::errc() || value < low || value > high) return false;
    rest.remove_prefix(count);
    out = static_cast<std::remove_reference_t<decltype(out)>>(value);
    return true;
  }

  // Its place among the names, from 0.
  bool one_of(const auto& names, std::size_t letters, int& out) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!takes_word(rest, std::string_view(names[i]).substr(0, letters))) continue;
      out = static_cast<int>(i);
      return true;
    }
    return false;
  }

  bool offset() {
    if (takes_word(rest, "Z")) return true;
    const bool west = rest.starts_with('-');
    if (!west && !rest.starts_with('+')) return false;
    rest.remove_prefix(1);
    int hours = 0;
    int minutes = 0;
    if (!number(2, 0, 14, hours)) return false;
    const bool colon = takes_word(rest, ":");
    if ((colon || (!rest.empty() && is_date_digit(rest[0]))) && !number(2, 0, 59, minutes))
      return false;
    offset_minutes = (west ? -1 : 1) * (hours * 60 + minutes);
    return true;
  }

  bool zone() {
    const auto letter = [](char c) { return lower_case(c) >= 'a' && lower_case(c) <= 'z'; };
    const auto length = std::ranges::find_if_not(rest, letter) - rest.begin();
    const auto name = rest.substr(0, static_cast<std::size_t>(length));
    if (name.empty()) return false;
    if (name != "UTC" && name != "GMT" && name != "Z") strange_zone = name;
    rest.remove_prefix(name.size());
    return true;
  }

  bool conversion(char which) {
    int named = 0;
    switch (which) {
      case 'Y': return number(4, 0, 9999, year);
      case 'y':
        if (!number(2, 0, 99, year)) return false;
        year += year < 69 ? 2000 : 1900;
        return true;
      case 'm': return number(2, 1, 12, month);
      case 'd':
      case 'e': return number(2, 1, 31, day);
      case 'H':
      case 'k': return number(2, 0, 23, hour);
      case 'I':
      case 'l': twelve_hours = true; return number(2, 1, 12, hour);
      case 'M': return number(2, 0, 59, minute);
      case 'S': return number(2, 0, 60, second);
      case 's': return number(12, 0, 999'999'999'999, epoch);
      case 'j': return number(3, 1, 366, day_of_year.emplace());
      case 'b':
      case 'h':
      case 'B':
        if (!one_of(month_names, which == 'B' ? std::string::npos : 3, named)) return false;
        month = named + 1;
        return true;
      case 'a':
      case 'A':
        return one_of(weekday_names, which == 'A' ? std::string::npos : 3, weekday.emplace());
      case 'p': afternoon = takes_word(rest, "PM"); return afternoon || takes_word(rest, "AM");
      case 'z': return offset();
      default: return zone();
    }
  }

  // Nothing for a day that no calendar has.
  [[nodiscard]] std::optional<std::int64_t> seconds() const {
    if (epoch > 0) return epoch;
    std::tm parts{};
    parts.tm_year = static_cast<int>(year - 1900);
    parts.tm_mon = day_of_year ? 0 : month - 1;
    parts.tm_mday = day_of_year.value_or(day);
    parts.tm_hour = twelve_hours ? hour % 12 + (afternoon ? 12 : 0) : hour;
    parts.tm_min = minute;
    parts.tm_sec = second;
    const auto at = static_cast<std::int64_t>(::timegm(&parts));
    const bool same_day = day_of_year ? parts.tm_year == year - 1900 : parts.tm_mday == day;
    // A leap second may lie in the next day.
    if (second == 60) return at - std::int64_t{60} * offset_minutes;
    if (!same_day || (weekday && *weekday != parts.tm_wday)) return std::nullopt;
    return at - std::int64_t{60} * offset_minutes;
  }
};

}  // namespace

Result<NameDate> NameDate::of(std::string_view form) {
  const std::string whole = written_out(form);
  const auto refuse = [&](const std::string& why, const std::string& remedy = {}) {
    return std::unexpected(
        Error{fmt::format("the form {} of a dated name {}", in_quotes(form), why), remedy, {}});
  };
  std::vector<Part> parts;
  std::string told;  // which conversions it has
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (whole[i] != '%') {
      if (parts.empty() || parts.back().conversion != 0) parts.push_back({});
      parts.back().text += whole[i];
      continue;
    }
    ++i;
    // date(1) writes %-d without a leading zero; it is read with and without.
    if (i < whole.size() && std::string_view("-_0").contains(whole[i])) ++i;
    if (i == whole.size()) return refuse("ends with '%'", "a percent sign is '%%'");
    const char which = whole[i];
    if (which == '%') {
      parts.push_back({0, "%"});
      continue;
    }
    if (!date_numbers.contains(which) && !date_words.contains(which)) {
      return refuse(fmt::format("has '%{}', which is not read", which),
                    fmt::format("read are {} {} %F %T %R %D %%", conversions(date_numbers),
                                conversions(date_words)));
    }
    if (told.contains(what_it_tells(which))) {
      return refuse(fmt::format("tells twice what '%{}' tells", which), "once is enough");
    }
    told += what_it_tells(which);
    parts.push_back({which, {}});
  }
  const bool epoch = told.contains('s');
  if (epoch && told.size() > 1) return refuse("has more than '%s'", "seconds tell everything");
  if (!epoch && !told.contains('Y')) return refuse("tells no year", "%Y, or %s for seconds");
  if (told.contains('j') && (told.contains('m') || told.contains('d'))) {
    return refuse("has a month or its day beside '%j'", "the day of the year tells both");
  }
  const bool twelve = std::ranges::any_of(
      parts, [](const Part& part) { return part.conversion == 'I' || part.conversion == 'l'; });
  if (twelve != told.contains('p')) {
    return refuse("has one of '%I' and '%p' without the other", "%H for twenty-four hours");
  }
  return NameDate(std::move(parts));
}

std::optional<Result<UtcInstant>> NameDate::in(std::string_view name) const {
  NameRead read;
  read.rest = name;
  for (const Part& part : parts_) {
    const bool text = part.conversion == 0;
    if (text && !read.rest.starts_with(part.text)) return std::nullopt;
    if (text) read.rest.remove_prefix(part.text.size());
    if (!text && !read.conversion(part.conversion)) return std::nullopt;
  }
  const auto seconds = read.seconds();
  if (!read.rest.empty() || !seconds) return std::nullopt;
  if (!read.strange_zone.empty()) {
    return failure("its time zone {} is not known: offsets are (%z), and UTC", read.strange_zone);
  }
  // Between 1970 and 2200: beyond, nanoseconds would overflow, and no backup is so old or so young.
  constexpr std::int64_t latest = 7'258'118'400;
  return UtcInstant(std::chrono::seconds(std::clamp<std::int64_t>(*seconds, 0, latest)));
}

}  // namespace reprise
