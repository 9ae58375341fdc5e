// A YAML or JSON file as one nlohmann/json value plus the position of every value and key in it.
//
// Hostile input is refused, never trusted: size, depth, alias expansion and bad UTF-8 have limits
// (the constants below), and each gives one Error with its place.
// Ownership: a value type. Threads: immutable after parsing.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "harness/model/error.h"

namespace reprise {

inline constexpr std::size_t max_document_bytes = 1 << 20;
inline constexpr std::size_t max_document_depth = 64;
inline constexpr std::size_t max_document_nodes = 100'000;  // after aliases are expanded

class Document {
 public:
  // `name` is what diagnostics call the file.
  static Result<Document> parse(std::string_view text, std::string name);
  static Result<Document> read(const std::filesystem::path& path);

  [[nodiscard]] const nlohmann::json& root() const { return root_; }
  [[nodiscard]] const std::string& name() const { return name_; }

  // The position of the value at a JSON pointer ("/faults/0/at"), or of its nearest known parent.
  [[nodiscard]] Location where(const std::string& pointer) const;
  // The position of the key itself; the value's when it has none.
  [[nodiscard]] Location where_key(const std::string& pointer) const;

  // A scalar as it stands in the file: 0755, True and 1.10 are values to JSON, and text to a
  // program that is given them. Of what was replaced, as JSON writes it.
  [[nodiscard]] std::string written(const std::string& pointer) const;
  void note_written(const std::string& pointer, std::string text);

  // Replaces a value (expansion of variables); positions below it stay those of the original.
  void replace(const std::string& pointer, nlohmann::json value);

 private:
  struct Place {
    Location value;
    Location key;
  };
  std::string name_;
  nlohmann::json root_;
  std::map<std::string, Place> places_;
  std::map<std::string, std::string> written_;  // where it is not what JSON makes of the value
  friend class DocumentBuilder;
};

}  // namespace reprise
