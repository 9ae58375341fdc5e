#include "harness/model/secrets/secrets.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include <unistd.h>

#include "harness/model/plan/expansion.h"
#include "harness/model/secrets/escapes.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

// Where a URL's user and host end at the latest.
constexpr std::string_view after_authority = "/?#\"'<> \t\r\n\\";
constexpr std::string_view after_parameter = "&#\"'<> \t\r\n";

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

bool is_reference(std::string_view text) {
  return text.starts_with("${") && text.find('}') == text.size() - 1;
}

bool is_marked(const json& value) {
  return value.is_object() && value.size() == 1 && value.contains("secret");
}

// `?password=x`, `&sslpassword=x`, and `password=x` of a connection string.
std::vector<TextRange> parameters_in(std::string_view text) {
  std::vector<TextRange> found;
  for (auto equals = text.find('='); equals != text.npos; equals = text.find('=', equals + 1)) {
    std::size_t begin = equals;
    while (begin > 0 && (std::isalnum(static_cast<unsigned char>(text[begin - 1])) != 0 ||
                         text[begin - 1] == '_' || text[begin - 1] == '-')) {
      --begin;
    }
    if (!names_a_secret(text.substr(begin, equals - begin))) continue;
    const auto end = std::min(text.find_first_of(after_parameter, equals), text.size());
    found.push_back({equals + 1, end});
  }
  return found;
}

// Tables whose entries are called as people like: a file called `token` is a path.
bool is_table_of_names(const std::string& pointer) {
  return pointer == "/system/files" || pointer == "/system/databases";
}

class Visit {
 public:
  explicit Visit(const SecretVisitor& visitor) : visitor_(visitor) {}

  // Recursion is as deep as a document may be.
  void value(json& value, const std::string& pointer) {
    if (is_marked(value)) {
      if (value["secret"].is_string()) whole(value["secret"], pointer);
    } else if (value.is_object()) {
      for (auto& [key, item] : value.items()) entry(key, item, pointer);
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        this->value(value[i], pointer + segment(i));
      }
    } else if (value.is_string()) {
      within(value.get_ref<std::string&>(), pointer);
    }
  }

 private:
  void entry(const std::string& key, json& item, const std::string& above) {
    const std::string pointer = above + segment(key);
    const std::string name = lower(key);
    const bool credentials = name == "authorization" || name == "proxy-authorization";
    // A JSON pointer tells where a probe looks.
    const bool named = !key.starts_with('/') && !is_table_of_names(above) && names_a_secret(key);
    if (named && above.ends_with("/env") && item.is_number()) item = item.dump();
    if (!item.is_string() || !(named || credentials || name == "cookie")) {
      value(item, pointer);
      return;
    }
    if (!credentials) return whole(item, pointer);
    auto& text = item.get_ref<std::string&>();
    const auto scheme = text.find(' ');
    const std::size_t begin = scheme == text.npos ? 0 : scheme + 1;
    if (!is_reference(text.substr(begin))) visitor_(pointer, text, {begin, text.size()});
  }

  void whole(json& item, const std::string& pointer) {
    auto& text = item.get_ref<std::string&>();
    within(text, pointer);
    if (!text.empty() && !is_reference(text)) visitor_(pointer, text, {0, text.size()});
  }

  void within(std::string& text, const std::string& pointer) {
    auto found = passwords_in(text);
    if (text.find("://") != text.npos || pointer.starts_with("/system/databases/")) {
      for (const TextRange& range : parameters_in(text)) {
        const bool inside = std::ranges::any_of(found, [&](const TextRange& other) {
          return range.begin < other.end && other.begin < range.end;
        });
        if (!inside) found.push_back(range);
      }
    }
    std::ranges::sort(found, std::greater<>(), &TextRange::begin);
    for (const TextRange& range : found) {
      const auto written = std::string_view(text).substr(range.begin, range.end - range.begin);
      if (!written.empty() && !is_reference(written)) visitor_(pointer, text, range);
    }
  }

  const SecretVisitor& visitor_;
};

class FillingIn {
 public:
  FillingIn(const Document& document, Errors& errors, Errors& missing)
      : document_(document), errors_(errors), missing_(missing) {}

  void value(json& value, const std::string& pointer) {
    if (is_marked(value) && value["secret"].is_string()) {
      value["secret"] = filled(value["secret"].get<std::string>(), pointer);
    } else if (value.is_object()) {
      for (auto& [key, item] : value.items()) this->value(item, pointer + segment(key));
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        this->value(value[i], pointer + segment(i));
      }
    }
  }

 private:
  std::string filled(std::string text, const std::string& pointer) {
    constexpr std::string_view before = "${env.";
    for (auto begin = text.find(before); begin != text.npos; begin = text.find(before, begin)) {
      const auto end = text.find('}', begin);
      if (end == text.npos) break;
      const auto from = begin + before.size();
      const std::string name = text.substr(from, end - from);
      const char* set = std::getenv(name.c_str());
      const std::string given = set ? set : std::string(hidden_value);
      if (!set) {
        missing_.push_back({fmt::format("the environment has no {}, which is a secret here", name),
                            fmt::format("set {} before reprise is started", name),
                            document_.where(pointer)});
      }
      text.replace(begin, end + 1 - begin, given);
      begin += given.size();
    }
    // Whatever is known only while the drill runs could not be looked for in what it writes.
    if (text.find("${") != std::string::npos) {
      errors_.push_back({"a secret holds a reference other than ${env.NAME}",
                         "it must be known before anything is started", document_.where(pointer)});
    }
    return text;
  }

  const Document& document_;
  Errors& errors_;
  Errors& missing_;
};

}  // namespace

bool names_a_secret(std::string_view name) {
  constexpr std::array words{"PASSWORD", "PASSWD",    "PASSPHRASE", "SECRET",    "TOKEN",
                             "APIKEY",   "ACCESSKEY", "PRIVATEKEY", "CREDENTIAL"};
  std::string letters;
  for (const unsigned char c : name) {
    if (c != '_' && c != '-') letters += static_cast<char>(std::toupper(c));
  }
  const auto says = [&](std::string_view word) { return letters.find(word) != letters.npos; };
  const auto ends = [&](std::string_view word) { return letters.ends_with(word); };
  return std::ranges::any_of(words, says) && !ends("FILE") && !ends("PATH") && !ends("DIR");
}

std::vector<TextRange> passwords_in(std::string_view text) {
  constexpr std::string_view scheme_end = "://";
  std::vector<TextRange> found;
  for (auto at = text.find(scheme_end); at != text.npos; at = text.find(scheme_end, at + 1)) {
    const std::size_t begin = at + scheme_end.size();
    // A reference may hold what would end an authority.
    const auto end = std::min(text.find_first_of(after_authority, begin), text.size());
    const auto host = text.substr(begin, end - begin).rfind('@');
    if (host == text.npos) continue;
    const auto colon = text.substr(begin, host).find(':');
    if (colon == text.npos || colon + 1 == host) continue;
    found.push_back({begin + colon + 1, begin + host});
  }
  return found;
}

void visit_secrets(json& value, const SecretVisitor& visit) { Visit(visit).value(value, ""); }

Secrets secrets_in(json value, const std::string& file) {
  Secrets found;
  visit_secrets(value, [&](const std::string& pointer, std::string& text, const TextRange& range) {
    const std::string written = text.substr(range.begin, range.end - range.begin);
    if (written == hidden_value) return;
    found.push_back({file + pointer, written});
    const std::string meant = percent_decoded(written);
    if (meant != written) found.push_back({file + pointer + " (decoded)", meant});
  });
  return found;
}

Secrets secrets_of_environment() {
  Secrets found;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view assignment(*entry);
    const auto equals = assignment.find('=');
    if (equals == assignment.npos) continue;
    json one{{std::string(assignment.substr(0, equals)), assignment.substr(equals + 1)}};
    std::ranges::move(secrets_in(std::move(one), "environment"), std::back_inserter(found));
  }
  return found;
}

Document with_secrets(Document document, Errors& errors, Errors& missing) {
  json root = document.root();
  FillingIn(document, errors, missing).value(root, "");
  document.replace("", std::move(root));
  return document;
}

}  // namespace reprise
