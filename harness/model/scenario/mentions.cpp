#include "harness/model/scenario/mentions.h"

#include <algorithm>

#include "harness/model/plan/expansion.h"
#include "harness/model/shapes/shape_node.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

const std::map<std::string, std::string> pointers_of_tables{{"service", "/system/services"},
                                                            {"link", "/system/links"},
                                                            {"file", "/system/files"},
                                                            {"database", "/system/databases"},
                                                            {"disk", "/system/disks"},
                                                            {"procedure", "/system/procedures"},
                                                            {"probe", "/probes"},
                                                            {"ledger", "/ledgers"},
                                                            {"risk", "/risks"}};

// A field that takes a name and is called like a table means an entry of it.
bool names_by_key(const Shape::Field& field) {
  const ShapeNode& node = field.shape.node();
  bool table = pointers_of_tables.contains(field.name);
  return table && node.type == ShapeType::name && node.pattern.empty();
}

}  // namespace

Mentions::Mentions(const json& plan, Where where, Errors& errors)
    : plan_(plan), where_(std::move(where)), errors_(errors) {
  for (const auto& [table, pointer] : pointers_of_tables) {
    auto& names = tables_[table];
    json::json_pointer place(pointer);
    if (!plan.contains(place)) continue;
    for (const auto& [name, entry] : plan.at(place).items()) {
      names.push_back(name);
      if (table == "service") external_[name] = entry.value("external", false);
    }
  }
}

const std::vector<std::string>& Mentions::names(const std::string& table) const {
  static const std::vector<std::string> nothing;
  auto found = tables_.find(table);
  return found != tables_.end() ? found->second : nothing;
}

bool Mentions::has(const std::string& table, const std::string& name) const {
  return std::ranges::binary_search(names(table), name);  // JSON keeps its keys in order
}

void Mentions::check_server(const json& database, const std::string& server,
                            const std::string& pointer) {
  if (server.empty() || !database.is_string() || !has("database", database.get<std::string>())) {
    return;
  }
  const auto spoken = server_of(plan_.at("system").at("databases").at(database.get<std::string>()));
  if (spoken.empty() || spoken == server) return;
  add(pointer, fmt::format("the database {} is one of {}, not of {}",
                           in_quotes(database.get<std::string>()), spoken, server));
}

std::string server_of(const json& url) {
  if (!url.is_string()) return {};  // a secret
  const auto& text = url.get_ref<const std::string&>();
  const auto scheme = text.substr(0, text.find("://"));
  if (scheme == text) return {};
  return scheme == "postgres" ? "postgresql" : scheme;
}

void Mentions::check_probe_kind(const json& probe, const std::string& kind,
                                const std::string& pointer) {
  const auto name = probe.get<std::string>();
  if (!has("probe", name) || plan_.at("probes").at(name).contains(kind)) return;
  add(pointer, fmt::format("the probe {} is not of kind {}", in_quotes(name), kind));
}

void Mentions::check_positive(const json& duration, const std::string& pointer) {
  const auto value = parse_duration(duration.get<std::string>());
  if (value && *value == Duration{}) add(pointer, "found 0s, expected a longer time");
}

void Mentions::check_started(const json& service, const std::string& pointer) {
  const auto found = external_.find(service.get<std::string>());
  if (found == external_.end() || !found->second) return;
  add(pointer, fmt::format("the service {} is external", in_quotes(found->first)),
      "reprise neither starts nor stops it, and sees neither its processes nor what it prints");
}

void Mentions::add(const std::string& pointer, std::string what, std::string remedy) {
  if (enough()) return;
  ++reported_;
  errors_.push_back({std::move(what), std::move(remedy), where_(pointer)});
}

void Mentions::check_name(const std::string& table, const json& name, const std::string& pointer) {
  if (!name.is_string() || enough()) return;
  auto text = name.get<std::string>();
  if (has(table, text)) return;
  add(pointer, fmt::format("{} is not a {} of this plan", in_quotes(text), table),
      suggestion(text, names(table)));
}

void Mentions::check_shape(const Shape& shape, const json& value, const std::string& pointer) {
  const ShapeNode& node = shape.node();
  if (node.type == ShapeType::name && !node.pattern.empty()) {
    check_name(node.pattern, value, pointer);
  } else if (node.type == ShapeType::either) {
    for (const Shape& child : node.children) {
      if (!child.check(value).empty()) continue;
      check_shape(child, value, pointer);
      return;
    }
  } else if (value.is_array() && node.type == ShapeType::list) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      check_shape(node.children[0], value[i], pointer + segment(i));
    }
  } else if (value.is_object() && !node.fields.empty() && node.type != ShapeType::table) {
    for (const auto& field : node.fields) {
      auto found = value.find(field.name);
      if (found == value.end()) continue;
      auto below = pointer + segment(field.name);
      if (names_by_key(field)) {
        check_name(field.name, *found, below);
      } else {
        check_shape(field.shape, *found, below);
      }
    }
    check_selected(node, value, pointer);
  } else if (value.is_object() && !node.children.empty()) {
    for (const auto& [key, item] : value.items()) {
      check_shape(node.children[0], item, pointer + segment(key));
    }
  }
}

void Mentions::check_selected(const ShapeNode& node, const json& value,
                              const std::string& pointer) {
  auto selected = value.find(node.selects);
  if (node.type != ShapeType::selected || selected == value.end()) return;
  auto choice = node.choices.find(value.value(node.selector, ""));
  if (choice == node.choices.end()) return;
  check_shape(choice->second, *selected, pointer + segment(node.selects));
}

void Mentions::check_references(const json& value, const std::string& pointer,
                                const std::vector<std::string>& local) {
  if (value.is_object()) {
    for (const auto& [key, item] : value.items()) {
      const auto below = pointer + segment(key);
      if (key == "title") {
        check_literal(item, below);
      } else {
        check_references(item, below, local);
      }
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      check_references(value[i], pointer + segment(i), local);
    }
  } else if (value.is_string()) {
    auto found = references_in(value.get_ref<const std::string&>());
    for (const std::string& name : found.names) check_reference(name, pointer, local);
    if (found.unclosed) add(pointer, "'${' without a '}' after it");
  }
}

// Titles are printed as they stand: only variables have been filled in by then.
void Mentions::check_literal(const json& value, const std::string& pointer) {
  if (value.is_object()) {
    for (const auto& [language, text] : value.items()) {
      check_literal(text, pointer + segment(language));
    }
  } else if (value.is_string()) {
    check_references(value, pointer);
    for (const std::string& name : references_in(value.get_ref<const std::string&>()).names) {
      if (!is_reference(name, {})) continue;  // has been said
      add(pointer, fmt::format("a title cannot hold {}", in_quotes("${" + name + "}")),
          "only variables of the plan or scenario are filled in there");
    }
  }
}

bool Mentions::is_reference(std::string_view name, const std::vector<std::string>& local) const {
  if (is_of_the_drill(name) || std::ranges::find(local, name) != local.end()) return true;
  auto dot = name.rfind('.');
  if (dot == name.npos) return false;
  auto what = name.substr(dot + 1);
  auto owner = name.substr(0, dot);
  if (what != "port" && what != "address") return false;
  if (owner.starts_with("links.")) return has("link", std::string(owner.substr(6)));
  if (!owner.starts_with("services.")) return false;
  auto service = external_.find(std::string(owner.substr(9)));
  // Where an external service listens is its own affair: its address holds the port.
  return service != external_.end() && (what == "address" || !service->second);
}

void Mentions::check_reference(const std::string& name, const std::string& pointer,
                               const std::vector<std::string>& local) {
  if (enough() || is_reference(name, local)) return;
  std::vector<std::string> known(drill_references.begin(), drill_references.end());
  known.insert(known.end(), local.begin(), local.end());
  for (const auto& [service, external] : external_) {
    known.push_back("services." + service + ".address");
    if (!external) known.push_back("services." + service + ".port");
  }
  for (const std::string& link : names("link")) {
    known.push_back("links." + link + ".address");
    known.push_back("links." + link + ".port");
  }
  std::string remedy = suggestion(name, known);
  if (name == "port") remedy = "only a service of our own has a port, in its own definition";
  add(pointer, fmt::format("nothing is called {}", in_quotes("${" + name + "}")), remedy);
}

std::string on_cycle(const std::map<std::string, std::vector<std::string>>& before) {
  // Takes away whatever waits for nothing that is left, until nothing more can be.
  std::map<std::string, std::size_t> waits;
  std::map<std::string, std::vector<std::string>> waiters;
  std::vector<std::string> ready;
  for (const auto& [name, others] : before) {
    std::size_t count = 0;
    for (const std::string& other : others) {
      if (!before.contains(other)) continue;
      waiters[other].push_back(name);
      ++count;
    }
    waits[name] = count;
    if (count == 0) ready.push_back(name);
  }
  while (!ready.empty()) {
    auto name = ready.back();
    ready.pop_back();
    waits.erase(name);
    for (const std::string& waiter : waiters[name]) {
      if (--waits[waiter] == 0) ready.push_back(waiter);
    }
  }
  // What is left waits for a cycle or is on one: walk back until a name comes again.
  if (waits.empty()) return {};
  std::string name = waits.begin()->first;
  std::map<std::string, bool> seen;
  while (!seen[name]) {
    seen[name] = true;
    for (const std::string& other : before.at(name)) {
      if (waits.contains(other)) name = other;
    }
  }
  return name;
}

}  // namespace reprise
