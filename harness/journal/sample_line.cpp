#include "harness/journal/sample_line.h"

#include <charconv>

namespace reprise {
namespace {

// Eats a line from the left; once something does not fit, everything after fails too.
class Scanner {
 public:
  explicit Scanner(std::string_view rest) : rest_(rest) {}

  Scanner& literal(std::string_view wanted) {
    if (fits_ && rest_.starts_with(wanted)) {
      rest_.remove_prefix(wanted.size());
    } else {
      fits_ = false;
    }
    return *this;
  }

  template <class Number>
  Scanner& number(Number& out) {
    if (!fits_) return *this;
    const bool leading_zero =
        rest_.size() > 1 && rest_[0] == '0' && rest_[1] >= '0' && rest_[1] <= '9';
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    fits_ = error == std::errc() && !leading_zero;
    if (fits_) rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return *this;
  }

  // A string without escapes, control characters or bytes beyond ASCII, which would need a check.
  Scanner& plain_text(std::string_view& out) {
    literal("\"");
    if (!fits_) return *this;
    std::size_t length = 0;
    while (length < rest_.size() && rest_[length] != '"') {
      const auto byte = static_cast<unsigned char>(rest_[length]);
      if (byte < 0x20 || byte > 0x7e || byte == '\\') {
        fits_ = false;
        return *this;
      }
      ++length;
    }
    out = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return literal("\"");
  }

  [[nodiscard]] bool fits() const { return fits_; }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool fits_ = true;
};

constexpr std::string_view before_hash = R"(,"prev":")";
constexpr std::size_t hash_size = 64;
constexpr std::size_t tail_size = before_hash.size() + hash_size + 2;

}  // namespace

std::optional<SampleLine> scan_sample(std::string_view line) {
  SampleLine out;
  std::string_view utc;
  Scanner scanner(line);
  scanner.literal(R"({"n":)").number(out.number).literal(R"(,"t":)").number(out.t);
  scanner.literal(R"(,"utc":)").plain_text(utc).literal(R"(,"event":"sample","f":)");
  scanner.number(out.finished).literal(R"(,"i":)").number(out.intended);
  scanner.literal(R"(,"o":)").plain_text(out.outcome).literal(R"(,"probe":)");
  scanner.plain_text(out.probe).literal(R"(,"s":)").number(out.sent).literal(R"(,"v":)");
  const std::string_view rest = scanner.rest();
  if (!scanner.fits() || rest.size() < tail_size + 2) return std::nullopt;
  out.values = rest.substr(0, rest.size() - tail_size);
  const std::string_view tail = rest.substr(out.values.size());
  if (!tail.starts_with(before_hash) || !tail.ends_with("\"}")) return std::nullopt;
  out.previous = tail.substr(before_hash.size(), hash_size);
  if (!out.values.starts_with('{') || !out.values.ends_with('}')) return std::nullopt;
  return out;
}

}  // namespace reprise
