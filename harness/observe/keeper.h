// What probes keep of an answer's values, and what they say of the rest: of a text that is longer
// than what is kept, everything that the scenario asks of the whole is answered before it is cut.
//
// Ownership: an immutable value. Threads: any.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/model/expectations/expectation.h"
#include "harness/model/expectations/pattern.h"
#include "harness/model/plan/plan.h"

namespace reprise {

// A search of whole texts that is asked again and again.
class Asked {
 public:
  static Result<Asked> of(const nlohmann::json& written);

  [[nodiscard]] bool about(std::string_view group, std::string_view name) const {
    return search_.group == group && search_.name == name;
  }
  [[nodiscard]] const std::string& key() const { return key_; }
  // `more`: what follows the text is not known. Nothing where that would decide.
  [[nodiscard]] std::optional<bool> in(std::string_view text, bool more) const;
  // In a list or an object, which text operators see as JSON writes it.
  [[nodiscard]] std::optional<bool> in_structure(std::string_view written, bool more) const;

 private:
  explicit Asked(Expectation::Search search) : search_(std::move(search)) {}
  [[nodiscard]] bool found(std::string_view text, bool more) const;
  [[nodiscard]] bool may_equal(std::string_view beginning) const;

  Expectation::Search search_;
  std::string key_;
  std::optional<Pattern> pattern_;
};

// Read once from the probe's spec.
class Keeper {
 public:
  // The spec's pointers, served_by and searches; one that cannot be read is an error.
  static Result<Keeper> of(const ProbeSpec& spec);

  [[nodiscard]] bool any_pointers() const { return !pointers_.empty(); }
  // Whether something is asked of the whole text of that name.
  [[nodiscard]] bool asks(std::string_view name) const;

  // Each adds the value to `seen`, and under `cut` and `searched` what is to be said of it.
  // `more`: there was more of the text, which is not known.
  void text(const std::string& name, std::string_view whole, Observation& seen,
            bool more = false) const;
  void header(const std::string& name, std::string_view whole, Observation& seen) const;
  // Whatever it is: a text is cut, a list or object over kept_value is emptied.
  void value(const std::string& name, const nlohmann::json& whole, Observation& seen) const;
  // An object of which each value is kept for itself; `known`: nothing is missing in it.
  void row(const std::string& name, const nlohmann::json& whole, bool known,
           Observation& seen) const;
  // `json` {pointer: value} and `source`. A pointer that leads nowhere leaves no key.
  void document(const nlohmann::json& document, Observation& seen) const;
  // There may have been a document, which was not read.
  void unread_document(Observation& seen) const;

 private:
  struct Pointer {
    std::string text;
    nlohmann::json::json_pointer pointer;
  };
  // The value as it is kept.
  nlohmann::json shortened(std::string_view group, const std::string& name,
                           const nlohmann::json& whole, Observation& seen) const;
  std::string shortened_text(std::string_view group, const std::string& name,
                             std::string_view whole, Observation& seen, bool more) const;
  void search_structure(std::string_view group, const std::string& name, std::string_view written,
                        Observation& seen) const;

  std::vector<Pointer> pointers_;
  std::string served_by_;
  std::vector<Asked> asked_;
};

// Says under `cut` that a value is not there, or not whole.
void note_cut(std::string name, Observation& seen);

}  // namespace reprise
