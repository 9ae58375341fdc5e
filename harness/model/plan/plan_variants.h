// A plan as its scenarios have it: one that gives a variable of the plan another value is drilled
// with a plan in which it has that value everywhere, not only in the scenario's own texts.
//
// Ownership: refers to the vocabulary and the errors, which outlive it. Threads: one.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/model/plan/expansion.h"
#include "harness/model/scenario/scenario.h"
#include "harness/model/secrets/secrets.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

class PlanVariants {
 public:
  struct Variant {
    Document plan;  // filled in and checked
    std::vector<Scenario> scenarios;
  };

  // `written`: with its secrets, its variables not yet filled in. Its `vars` have been checked.
  PlanVariants(Document written, std::filesystem::path folder, const Vocabulary& vocabulary,
               Errors& errors);

  [[nodiscard]] const Document& written() const { return written_; }
  [[nodiscard]] const Variables& variables() const { return own_; }
  // Whether it is a variable of the plan that something in the plan uses.
  [[nodiscard]] bool uses(const std::string& variable) const;
  // Refused where the scenarios of this matrix would make too many plans of one so large.
  [[nodiscard]] bool bears(const Matrix& matrix, const Location& where);
  // The plan with what the variables of a scenario change in it; null when it is wrong, and the
  // errors say why. `where` is the scenario's place.
  [[nodiscard]] Variant* with(const Variables& of_scenario, const Location& where);
  // The first is the plan as it is written.
  [[nodiscard]] std::vector<Variant>& all() { return variants_; }
  // Of every variant.
  [[nodiscard]] const Secrets& secrets() const { return secrets_; }

 private:
  std::optional<Document> made(const Variables& changed, const Location& where);
  [[nodiscard]] bool keeps_secrets(const Secrets& found, const Location& where);
  [[nodiscard]] bool has_room_for(std::size_t more, const Location& where);
  void check_folder(const Document& plan);

  Document written_;
  std::filesystem::path folder_;
  const Vocabulary& vocabulary_;
  Errors& errors_;
  Variables own_;
  std::set<std::string> references_;
  std::map<nlohmann::json, std::optional<std::size_t>> known_;  // by what is changed
  std::vector<Variant> variants_;
  Secrets secrets_;
};

// The secrets of a file, called by its whole path.
[[nodiscard]] Secrets secrets_of(const Document& document);

}  // namespace reprise
