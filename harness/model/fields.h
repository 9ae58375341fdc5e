// Reads an object whose content cannot be trusted: the first thing that does not fit is kept as
// the error, and every getter answers its fallback.
//
// Ownership: refers to the value and the error, which outlive it. Threads: one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/model/expectations/expectation.h"
#include "harness/model/plan/plan.h"
#include "harness/model/time.h"

namespace reprise {

class Fields {
 public:
  // `called` names the object in errors: "plan.services.server".
  Fields(const nlohmann::json& value, std::string called, std::optional<Error>& error);

  [[nodiscard]] bool has(const char* key) const;
  [[nodiscard]] std::string text(const char* key, std::string fallback = {}) const;
  [[nodiscard]] std::string needed_text(const char* key) const;
  [[nodiscard]] bool boolean(const char* key, bool fallback) const;
  // Between `low` and `high`, inclusive.
  [[nodiscard]] int integer(const char* key, int low, int high, int fallback) const;
  [[nodiscard]] Duration duration(const char* key, Duration fallback) const;
  [[nodiscard]] std::optional<Duration> duration(const char* key) const;
  [[nodiscard]] Text translated(const char* key) const;
  [[nodiscard]] Location where() const;
  [[nodiscard]] std::vector<std::string> texts(const char* key) const;
  // A text, or a `{secret: text}`, by name.
  [[nodiscard]] std::map<std::string, std::string> text_map(const char* key) const;
  // The value itself, or null when it is absent.
  [[nodiscard]] nlohmann::json value(const char* key) const;
  [[nodiscard]] Expected expected(const char* key) const;

  [[nodiscard]] Fields object(const char* key) const;
  void each_item(const char* key, const std::function<void(const Fields&)>& action) const;
  void each_entry(const char* key,
                  const std::function<void(const std::string&, const Fields&)>& action) const;

  void fail(const std::string& what) const;

 private:
  // Null when the key is absent.
  [[nodiscard]] const nlohmann::json* find(const char* key) const;

  const nlohmann::json& value_;
  std::string called_;
  std::optional<Error>& error_;
};

}  // namespace reprise
