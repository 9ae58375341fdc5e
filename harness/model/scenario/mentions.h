// Names that a file mentions must exist in the plan.
//
// Ownership: refers to the plan's document, which outlives it. Threads: one.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "harness/model/documents/document.h"
#include "harness/model/shapes/shape.h"

namespace reprise {

class Mentions {
 public:
  using Where = std::function<Location(const std::string& pointer)>;

  // The plan must fit its shape. `where` tells the place of a pointer of whatever is checked.
  Mentions(const nlohmann::json& plan, Where where, Errors& errors);

  // The names in a table of the plan: service, link, file, database, probe, procedure, risk.
  [[nodiscard]] const std::vector<std::string>& names(const std::string& table) const;
  [[nodiscard]] bool has(const std::string& table, const std::string& name) const;

  // An error unless the table has the name.
  void check_name(const std::string& table, const nlohmann::json& name, const std::string& pointer);
  // Every name in a value that its shape says is one of the plan's. A name under a key called like
  // a table (`probe: x`) is one as well.
  void check_shape(const Shape& shape, const nlohmann::json& value, const std::string& pointer);
  // Every `${…}` in every text below. `local`: names that have a meaning here only.
  void check_references(const nlohmann::json& value, const std::string& pointer,
                        const std::vector<std::string>& local = {});

  // An error for every `${…}` in a text that is never filled in, also by language.
  void check_literal(const nlohmann::json& value, const std::string& pointer);

  // An error where the plan has that database, and its URL is not one of that server.
  void check_server(const nlohmann::json& database, const std::string& server,
                    const std::string& pointer);
  // An error where the plan has that probe, and it is of another kind.
  void check_probe_kind(const nlohmann::json& probe, const std::string& kind,
                        const std::string& pointer);
  // An error where a duration is zero.
  void check_positive(const nlohmann::json& duration, const std::string& pointer);
  // An error where the service is one that nobody here started, of which this cannot be seen.
  void check_started(const nlohmann::json& service, const std::string& pointer);

  // Past fifty problems nobody reads on, and guessing what was meant takes time.
  void add(const std::string& pointer, std::string what, std::string remedy = {});
  [[nodiscard]] bool enough() const { return reported_ >= 50; }

 private:
  [[nodiscard]] bool is_reference(std::string_view name,
                                  const std::vector<std::string>& local) const;
  void check_selected(const ShapeNode& node, const nlohmann::json& value,
                      const std::string& pointer);
  void check_reference(const std::string& name, const std::string& pointer,
                       const std::vector<std::string>& local);

  const nlohmann::json& plan_;
  std::map<std::string, std::vector<std::string>> tables_;
  std::map<std::string, bool> external_;  // services
  Where where_;
  Errors& errors_;
  int reported_ = 0;
};

// What a database's URL says that it is: "postgresql", "redis"; empty where it does not tell.
[[nodiscard]] std::string server_of(const nlohmann::json& url);

// The first name that is on a cycle, or empty. `before` gives what each must wait for; names that
// are no keys are ignored.
[[nodiscard]] std::string on_cycle(const std::map<std::string, std::vector<std::string>>& before);

}  // namespace reprise
