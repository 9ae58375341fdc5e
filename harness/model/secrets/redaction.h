// Keeps secrets out of everything that is written or shown.
//
// Every text goes through here before it reaches a journal, an undo log, a report or the console.
// Values of at least four characters are looked for everywhere, in whatever form a program may
// print them (see SecretSearch); shorter ones are hidden where they stand as secrets.
// A whole text that is one of the harness's own words or a name of the plan is left alone, even
// when somebody's password is the same word: what is written must remain readable.
//
// Ownership: a value type that outlives whoever writes through it. Threads: immutable, any.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "harness/model/error.h"
#include "harness/model/secrets/secrets.h"

namespace reprise {

class Redaction {
 public:
  using Words = std::set<std::string, std::less<>>;

  Redaction() = default;
  explicit Redaction(Secrets secrets, Words words = {});

  [[nodiscard]] std::string text(std::string_view text) const;
  [[nodiscard]] Error error(const Error& error) const;
  // Every text and key within. `numbers`: a number that is a secret's digits, too, which is for
  // what was observed; the harness's own numbers mean something.
  void hide_in(nlohmann::json& value, bool numbers = false) const;
  // A plan or scenario: as hide_in, and every secret where it stands, however short.
  [[nodiscard]] nlohmann::json document(nlohmann::json value) const;

  // For the undo log, whose texts must come back: a secret becomes the name of where it stands.
  [[nodiscard]] nlohmann::json sealed(nlohmann::json value) const;
  // An error when a secret is not known here, or was hidden for good.
  [[nodiscard]] Result<nlohmann::json> unsealed(nlohmann::json value) const;

 private:
  [[nodiscard]] bool changes(std::string_view text, std::string& hidden) const;
  [[nodiscard]] std::string seal(std::string_view text) const;
  [[nodiscard]] Result<std::string> unseal(const std::string& text) const;

  Secrets secrets_;  // what is looked for, each value once, the longest first
  std::map<std::string, std::string> by_name_;  // every place, for unsealing
  Words words_;
  SecretSearch search_;
};

}  // namespace reprise
