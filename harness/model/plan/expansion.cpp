#include "harness/model/plan/expansion.h"

#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

constexpr std::size_t most_combinations = 1000;
// A long text in a variable could be repeated at every place of a large file.
constexpr std::size_t most_filled_bytes = 4 * max_document_bytes;

class Filling {
 public:
  explicit Filling(const Variables& variables) : variables_(variables) {}

  [[nodiscard]] bool too_much() const { return bytes_ > most_filled_bytes; }

  // What was written where a value of another type now stands, by pointer.
  [[nodiscard]] const std::map<std::string, std::string>& written() const { return written_; }

  // Recursion is as deep as a document may be.
  void fill(json& value, const std::string& pointer) {
    if (too_much()) return;
    if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) fill(value[i], pointer + segment(i));
    } else if (value.is_object()) {
      for (auto& [key, item] : value.items()) fill(item, pointer + segment(key));
    } else if (value.is_string()) {
      fill_text(value, pointer);
    }
  }

 private:
  void fill_text(json& value, const std::string& pointer) {
    const auto& text = value.get_ref<const std::string&>();
    if (text.find("${") == std::string::npos) return;
    if (text.starts_with("${") && text.find('}') == text.size() - 1) {
      auto found = variables_.find(text.substr(2, text.size() - 3));
      if (found == variables_.end()) return;
      bytes_ += found->second.written.size();
      value = found->second.value;
      if (!value.is_string()) written_[pointer] = found->second.written;
      return;
    }
    std::string out;
    std::size_t from = 0;
    while (from < text.size()) {
      auto begin = text.find("${", from);
      auto end = begin == std::string::npos ? begin : text.find('}', begin);
      if (end == std::string::npos) break;
      out += text.substr(from, begin - from);
      auto name = text.substr(begin + 2, end - begin - 2);
      auto found = variables_.find(name);
      out += found != variables_.end() ? found->second.written : "${" + name + "}";
      from = end + 1;
      if (bytes_ + out.size() > most_filled_bytes) break;
    }
    out += text.substr(from);
    bytes_ += out.size();
    value = std::move(out);
  }

  const Variables& variables_;
  std::map<std::string, std::string> written_;
  std::size_t bytes_ = 0;
};

void check_variable_name(const Document& document, const std::string& above,
                         const std::string& name, Errors& errors) {
  if (name != "port" && !is_of_the_drill(name) && name.find('.') == std::string::npos) return;
  errors.push_back({fmt::format("a variable cannot be called {}", in_quotes(name)),
                    "the running drill gives that name a meaning",
                    document.where_key(above + segment(name))});
}

void collect_references(const json& value, std::set<std::string>& out) {
  if (value.is_structured()) {
    for (const json& item : value) collect_references(item, out);
  } else if (value.is_string()) {
    for (auto& name : references_in(value.get_ref<const std::string&>()).names) {
      out.insert(std::move(name));
    }
  }
}

}  // namespace

bool is_of_the_drill(std::string_view reference) {
  return std::ranges::find(drill_references, reference) != drill_references.end();
}

Variables variables_of(const Document& document, Errors& errors) {
  Variables out;
  const auto given = document.root().find("vars");
  if (given == document.root().end()) return out;
  for (const auto& [name, value] : given->items()) {
    check_variable_name(document, "/vars", name, errors);
    const auto at = "/vars" + segment(name);
    const bool secret = value.is_object();  // {secret: text}
    out[name] = {secret ? value.at("secret") : value,
                 document.written(secret ? at + "/secret" : at)};
  }
  return out;
}

Matrix matrix_of(const Document& document, Errors& errors) {
  Matrix out;
  const auto given = document.root().find("for-each");
  if (given == document.root().end()) return out;
  for (const auto& [name, values] : given->items()) {
    check_variable_name(document, "/for-each", name, errors);
    const auto at = "/for-each" + segment(name);
    for (std::size_t i = 0; i < values.size(); ++i) {
      out[name].push_back({values[i], document.written(at + segment(i))});
    }
  }
  return out;
}

std::set<std::string> references_of(const Document& document) {
  std::set<std::string> out;
  if (!document.root().is_object()) return out;
  for (const auto& [key, value] : document.root().items()) {
    if (key != "vars" && key != "for-each") collect_references(value, out);
  }
  return out;
}

std::optional<Duration> compressed(const std::string& duration, const json& compress) {
  const auto whole = parse_duration(duration);
  return whole ? std::optional<Duration>(*whole / compress.at("times").get<int>()) : std::nullopt;
}

std::optional<std::string> compressed_period(const Document& scenario) {
  const auto compress = scenario.root().find("compress");
  if (compress == scenario.root().end()) return std::nullopt;
  const auto period = compressed(compress->at("period").get<std::string>(), *compress);
  return period ? std::optional(format_duration(*period)) : std::nullopt;
}

Result<std::vector<Variables>> combinations(const Matrix& matrix) {
  std::vector<Variables> out(1);
  for (const auto& [name, values] : matrix) {
    if (values.size() * out.size() > most_combinations) {
      return failure("for-each makes more than {} scenarios", most_combinations);
    }
    std::vector<Variables> next;
    for (const Variables& before : out) {
      for (const Variable& value : values) {
        next.push_back(before);
        next.back()[name] = value;
      }
    }
    out = std::move(next);
  }
  return out;
}

Result<Document> filled_in(Document document, const Variables& variables) {
  Filling filling(variables);
  json root = document.root();
  for (auto& [key, value] : root.items()) {
    if (key != "vars" && key != "for-each") filling.fill(value, segment(key));
  }
  if (filling.too_much()) {
    return std::unexpected(
        Error{fmt::format("variables make more than {} bytes of text", most_filled_bytes),
              {},
              document.where("/vars")});
  }
  document.replace("", std::move(root));
  for (const auto& [pointer, text] : filling.written()) document.note_written(pointer, text);
  return document;
}

References references_in(std::string_view text) {
  References out;
  for (auto begin = text.find("${"); begin != text.npos; begin = text.find("${", begin)) {
    auto end = text.find('}', begin);
    if (end == text.npos) {
      out.unclosed = true;
      break;
    }
    out.names.emplace_back(text.substr(begin + 2, end - begin - 2));
    begin = end;
  }
  return out;
}

}  // namespace reprise
