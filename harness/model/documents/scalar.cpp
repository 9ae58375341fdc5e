#include "harness/model/documents/scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "harness/model/wording.h"

namespace reprise {
namespace {

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

// Digits with an optional sign, or 0x… or 0o… without one.
struct IntegerForm {
  std::string digits;
  int base = 10;
};

std::optional<IntegerForm> integer_form(std::string_view text) {
  auto made_of = [](std::string_view digits, std::string_view alphabet) {
    return !digits.empty() && digits.find_first_not_of(alphabet) == std::string_view::npos;
  };
  if (text.starts_with("0x") && made_of(text.substr(2), "0123456789abcdefABCDEF")) {
    return IntegerForm{std::string(text.substr(2)), 16};
  }
  if (text.starts_with("0o") && made_of(text.substr(2), "01234567")) {
    return IntegerForm{std::string(text.substr(2)), 8};
  }
  auto digits = text;
  if (!digits.empty() && (digits[0] == '+' || digits[0] == '-')) digits.remove_prefix(1);
  if (!made_of(digits, "0123456789")) return std::nullopt;
  if (text[0] == '+') text.remove_prefix(1);
  return IntegerForm{std::string(text), 10};
}

// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool float_form(std::string_view text) {
  auto skip_sign = [&] {
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  };
  auto skip_digits = [&] {
    auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(end);
    return end;
  };
  skip_sign();
  auto whole = skip_digits();
  std::size_t fraction = 0;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = skip_digits();
  }
  if (whole + fraction == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    skip_sign();
    if (skip_digits() == 0) return false;
  }
  return text.empty();
}

}  // namespace

Result<nlohmann::json> plain_scalar(const std::string& text) {
  if (one_of(text, {"", "~", "null", "Null", "NULL"})) return nlohmann::json(nullptr);
  if (one_of(text, {"true", "True", "TRUE"})) return nlohmann::json(true);
  if (one_of(text, {"false", "False", "FALSE"})) return nlohmann::json(false);
  auto too_large = [&] { return failure("the number {} is too large", in_quotes(text)); };
  if (auto form = integer_form(text)) {
    std::int64_t value = 0;
    const char* end = form->digits.data() + form->digits.size();
    auto read = std::from_chars(form->digits.data(), end, value, form->base);
    if (read.ec != std::errc() || read.ptr != end) return too_large();
    return nlohmann::json(value);
  }
  auto unsigned_text = text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
  if (one_of(unsigned_text, {".inf", ".Inf", ".INF"}) || one_of(text, {".nan", ".NaN", ".NAN"})) {
    return failure("the number {} is not finite", in_quotes(text));
  }
  if (!float_form(text)) return nlohmann::json(text);
  auto digits = text.starts_with('+') ? text.substr(1) : text;
  double value = 0;
  auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  // Too small to hold is zero, as everywhere; only too large loses something.
  if (read.ec == std::errc::result_out_of_range) {
    bool tiny = digits.find("e-") != std::string::npos || digits.find("E-") != std::string::npos;
    if (!tiny) return too_large();
    value = 0;
  }
  return nlohmann::json(value);
}

}  // namespace reprise
