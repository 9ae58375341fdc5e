#include "reports/html/page.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include "reports/catalogue.h"
#include "reports/escape.h"
#include "reports/sentences.h"

namespace reprise {

namespace {

bool is_unit(std::string_view word) {
  static constexpr std::string_view units[] = {"ns", "µs", "ms", "s", "min", "h", "d", "j", "%"};
  return std::ranges::find(units, word) != std::end(units);
}

// A number stays on one line with its unit, and French punctuation with its word.
std::string bound(std::string_view text) {
  static constexpr std::string_view ends = " .,;:)<";
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::string_view rest = text.substr(at + 1);
    const bool number = at > 0 && text[at - 1] >= '0' && text[at - 1] <= '9';
    const bool unit = number && is_unit(rest.substr(0, rest.find_first_of(ends)));
    const bool mark = rest.starts_with("; ") || rest.starts_with(": ") || rest.starts_with("»");
    const bool quote = std::string_view(out).ends_with("«");
    out += text[at] == ' ' && (unit || mark || quote) ? "\u00a0" : std::string(1, text[at]);
  }
  return out;
}

}  // namespace

std::string Words::typeset(std::string_view text) const { return html(bound(visible(text))); }

std::string Words::operator()(std::string_view key, const nlohmann::json& arguments) const {
  return typeset(plain(key, arguments));
}

std::string Words::plain(std::string_view key, const nlohmann::json& arguments) const {
  return text(key, language, arguments);
}

std::string Words::sentence(const Message& message) const {
  return typeset(render(message, language));
}

std::string Words::duration(Duration duration) const {
  return typeset(duration_text(duration, language));
}

std::string Words::instant(const std::optional<Duration>& at) const {
  return at ? duration(*at) : "–";
}

std::string identifier(std::string_view text) {
  std::string out;
  for (const char letter : html(visible(text))) {
    out += letter;
    if (letter == '/' || letter == '_') out += "<wbr>";
  }
  return out.empty() ? out : fmt::format("<code>{}</code>", out);
}

Table::Table(std::string caption, std::string_view look, std::vector<Column> columns)
    : caption_(std::move(caption)), look_(look), columns_(std::move(columns)) {}

void Table::row(const std::vector<std::string>& cells) {
  const bool cards = look_.starts_with("cards");
  rows_ += "<tr>";
  for (std::size_t at = 0; at < cells.size(); ++at) {
    const std::string_view number = columns_[at].number ? " class=\"n\"" : "";
    if (at == 0) {
      rows_ += fmt::format("<th scope=\"row\"{}>{}</th>", number, cells[at]);
      continue;
    }
    const std::string label =
        cards ? fmt::format(" data-label=\"{}\"", columns_[at].title) : std::string();
    rows_ += fmt::format("<td{}{}>{}</td>", number, label, cells[at]);
  }
  rows_ += "</tr>\n";
}

std::string Table::str() const {
  if (rows_.empty()) return {};
  std::string head;
  for (const Column& column : columns_) {
    head += fmt::format("<th scope=\"col\"{}>{}</th>", column.number ? " class=\"n\"" : "",
                        column.title);
  }
  return fmt::format(
      "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\">"
      "<table class=\"{3}\"><caption>{0}</caption>\n<thead><tr>{1}</tr></thead>\n"
      "<tbody>\n{2}</tbody></table></div>\n",
      caption_, head, rows_, look_);
}

std::string_view status_class(Status status) {
  static constexpr std::array names = {"pass", "conditional", "skipped", "inconclusive", "fail"};
  return names[static_cast<std::size_t>(status)];
}

std::string badge(Status status, const Words& words) {
  return fmt::format(
      "<span class=\"badge {0}\"><svg class=\"shape\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">"
      "<use href=\"#shape-{0}\"/></svg>{1}</span>",
      status_class(status), html(status_word(status, words.language)));
}

std::string percent(double share, int places, const Words& words) {
  return words("figure.percent", {{"number", number_text(share * 100, places, words.language)}});
}

std::string shapes() {
  return R"svg(<svg class="shapes" width="0" height="0" aria-hidden="true"><defs>
<symbol id="shape-pass" viewBox="0 0 16 16"><circle class="body" cx="8" cy="8" r="8"/>
<path class="mark" d="M4.2 8.3l2.6 2.7 5-5.6"/></symbol>
<symbol id="shape-conditional" viewBox="0 0 16 16"><circle class="rim" cx="8" cy="8" r="6.9"/>
<path class="body" d="M8 1a7 7 0 0 0 0 14z"/></symbol>
<symbol id="shape-skipped" viewBox="0 0 16 16"><circle class="rim" cx="8" cy="8" r="6.9"/>
<path class="line" d="M4.5 8h7"/></symbol>
<symbol id="shape-inconclusive" viewBox="0 0 16 16">
<path class="body" d="M8-1.6l9.6 9.6-9.6 9.6-9.6-9.6z"/>
<path class="mark" d="M5.9 6.2c0-3 4.3-3 4.3 0 0 1.7-2.1 1.7-2.1 3.2M8.1 12.2v.1"/></symbol>
<symbol id="shape-fail" viewBox="0 0 16 16"><path class="body" d="M1 1h14v14H1z"/>
<path class="mark" d="M4.8 4.8l6.4 6.4M11.2 4.8l-6.4 6.4"/></symbol>
<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse"
 patternTransform="rotate(45)"><path class="hatch" d="M0 0v5"/></pattern>
</defs></svg>
)svg";
}

std::string part(const std::string& title, int level) {
  return fmt::format("<h{0} class=\"part\">{1}</h{0}>", level, title);
}

std::string folded(const std::string& heading, const std::string& content, bool open) {
  if (content.empty()) return {};
  return fmt::format("<details{}><summary>{}</summary>\n{}</details>\n", open ? " open" : "",
                     heading, content);
}

std::string content_policy(const std::string& style) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(style.data()), style.size(), digest.data());
  std::array<unsigned char, 64> encoded{};
  const int size = EVP_EncodeBlock(encoded.data(), digest.data(), digest.size());
  const std::string_view hash(reinterpret_cast<const char*>(encoded.data()),
                              static_cast<std::size_t>(size));
  return fmt::format(
      "default-src 'none'; img-src data:; style-src 'sha256-{}'; base-uri 'none'; "
      "form-action 'none'",
      hash);
}

}  // namespace reprise
