// The shape of a value in a plan or scenario file, written once and used three times: to check a
// file (with line and column), to print the JSON Schema, and to fill in the documentation.
//
// Every fault, probe, step and assertion kind describes its options as a Shape, so a value that
// reaches a kind's `make` has been checked already: durations parse, required fields are there.
//
// Ownership: shapes are cheap immutable values that share their children. Threads: any.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "harness/model/error.h"

namespace reprise {

class Document;  // a parsed file with positions; see document.h
struct ShapeNode;

class Shape {
 public:
  struct Field;

  // Scalars. Bounds are inclusive.
  static Shape any();
  static Shape boolean();
  static Shape integer(std::int64_t low, std::int64_t high);
  static Shape number(double low, double high);
  static Shape text(std::size_t least = 1);  // a string of so many bytes at least
  static Shape text_matching(std::string pattern, std::string called);  // ECMAScript, whole string
  static Shape duration();                                              // "250ms"
  static Shape size();                                                  // "64KiB"
  static Shape percentage();                                            // "99.9%"
  static Shape choice(std::vector<std::string> values);
  static Shape name();                      // [a-z0-9][a-z0-9._-]*, at most 80
  static Shape name_of(std::string table);  // of the plan's "service", "link", "file",
                                            // "database", "probe" or "procedure"
  static Shape expectation();               // a level name or a predicate; see expectation.h
  static Shape predicate();                 // only the object form
  static Shape translated();                // "text" or {fr: text, en: text}

  // Compounds.
  static Shape list(Shape item, std::size_t least = 0);
  static Shape map(Shape value);    // any text key
  static Shape table(Shape entry);  // a map whose keys are names
  // A table in which some keys have a shape of their own.
  static Shape table(Shape entry, std::vector<Field> beside);
  static Shape object(std::vector<Field> fields);  // unknown keys are errors
  static Shape either(std::vector<Shape> shapes);  // the first that fits by type
  // A one-key object whose key names the kind: {http: {url: …}}; `common` keys may stand beside.
  static Shape tagged(std::vector<Field> kinds, std::vector<Field> common);

  // The same, defined once in a schema, under that name, however often it stands there.
  [[nodiscard]] Shape defined_as(std::string name) const;

  // Every problem of the value at `pointer` in the document, in file order; empty when it fits.
  [[nodiscard]] Errors check(const Document& document, const std::string& pointer) const;
  // The same for a bare value (no positions): used by tests and by kinds' own examples.
  [[nodiscard]] Errors check(const nlohmann::json& value) const;
  // JSON Schema 2020-12. What stands in many places is defined once, under $defs.
  [[nodiscard]] nlohmann::json schema() const;
  // One word or two for a documentation table: "duration", "integer 100-599", "one of a, b".
  [[nodiscard]] std::string summary() const;
  // Fields of an object or of a tagged shape; empty for the others.
  [[nodiscard]] const std::vector<Field>& fields() const;

  explicit Shape(std::shared_ptr<const ShapeNode> node) : node_(std::move(node)) {}
  [[nodiscard]] const ShapeNode& node() const { return *node_; }

 private:
  std::shared_ptr<const ShapeNode> node_;
};

struct Shape::Field {
  std::string name;
  Shape shape;
  enum class Need { optional, required } need = Need::optional;
  std::string doc = {};  // one sentence, with the unit and the default
};

inline constexpr auto required = Shape::Field::Need::required;

}  // namespace reprise
