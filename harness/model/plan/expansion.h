// Variables and matrices: what `vars:` and `for-each:` make of a file.
//
// `${name}` is replaced wherever it stands in a value; a value that is nothing but "${name}" takes
// the variable's type. What is filled in is not looked at again. References to the running drill
// (`${services.x.port}`) are left alone.
// Ownership: plain values. Threads: any.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/documents/document.h"
#include "harness/model/time.h"

namespace reprise {

struct Variable {
  nlohmann::json value;
  std::string written;  // as it stands in its file: inside a text, and where a program is given it

  bool operator==(const Variable&) const = default;
};
using Variables = std::map<std::string, Variable>;
using Matrix = std::map<std::string, std::vector<Variable>>;

// The entries of a checked `vars:`, and of a checked `for-each:`; a name that a running drill gives
// a meaning is an error.
[[nodiscard]] Variables variables_of(const Document& document, Errors& errors);
[[nodiscard]] Matrix matrix_of(const Document& document, Errors& errors);
// The names in every "${…}" of the document, except below `vars` and `for-each`.
[[nodiscard]] std::set<std::string> references_of(const Document& document);

// A duration divided by the factor of a checked `compress:`; nothing for a text that is none.
[[nodiscard]] std::optional<Duration> compressed(const std::string& duration,
                                                 const nlohmann::json& compress);
// ${compress.period}: what a scenario's checked `compress:` makes of the time between two backups.
[[nodiscard]] std::optional<std::string> compressed_period(const Document& scenario);

// One set of variables for each combination, the last variable turning fastest; one empty set for
// no matrix. Too many combinations are an error.
[[nodiscard]] Result<std::vector<Variables>> combinations(const Matrix& matrix);

// The document with its variables filled in, except below `vars` and `for-each`.
[[nodiscard]] Result<Document> filled_in(Document document, const Variables& variables);

// References that every drill gives a meaning, wherever they stand.
inline constexpr std::array drill_references{"folder", "seed"};
[[nodiscard]] bool is_of_the_drill(std::string_view reference);

// Every "${…}" that is left in a text, by its inside; nothing for an unclosed one.
struct References {
  std::vector<std::string> names;
  bool unclosed = false;
};
[[nodiscard]] References references_in(std::string_view text);

}  // namespace reprise
