#include "harness/model/scenario/ledger_ways.h"

#include <algorithm>
#include <iterator>

#include "harness/model/plan/expansion.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

class Destinations {
 public:
  explicit Destinations(const json& plan) : plan_(plan) {}

  void add(const json& value) {
    if (value.is_object()) {
      for (const auto& [key, item] : value.items()) {
        if (key == "database" && item.is_string()) database(item.get<std::string>());
        add(item);
      }
    } else if (value.is_array()) {
      for (const json& item : value) add(item);
    } else if (value.is_string()) {
      for (const auto& name : references_in(value.get_ref<const std::string&>()).names) {
        reference(name);
      }
    }
  }

  std::set<std::string> take() { return std::move(found_); }

 private:
  // By its service where its URL tells one: several databases may be on one server.
  void database(const std::string& name) {
    const json url = plan_.at("system").value("databases", json::object()).value(name, json());
    const auto before = found_.size();
    add(url);
    if (found_.size() == before) found_.insert("database " + name);
  }

  void reference(const std::string& name) {
    const auto dot = name.rfind('.');
    if (dot == std::string::npos) return;
    const auto owner = name.substr(0, dot);
    if (owner.starts_with("services.")) found_.insert(owner.substr(9));
    if (!owner.starts_with("links.")) return;
    const json links = plan_.at("system").value("links", json::object());
    const auto link = links.find(owner.substr(6));
    if (link != links.end()) found_.insert(link->at("to").get<std::string>());
  }

  const json& plan_;
  std::set<std::string> found_;
};

}  // namespace

std::set<std::string> destinations_of(const json& value, const json& plan) {
  Destinations all(plan);
  all.add(value);
  return all.take();
}

void warn_of_ledgers(const ScenarioSource& source, const json& plan, const Vocabulary& vocabulary,
                     Errors& warnings) {
  const json& list = source.root().at("assertions");
  for (std::size_t i = 0; i < list.size(); ++i) {
    for (const KindInfo& kind : vocabulary.assertions) {
      const auto options = list[i].find(kind.name);
      if (options == list[i].end() || !kind.counts.ever || !options->contains("ledger")) continue;
      const auto name = options->at("ledger").get<std::string>();
      const json& ledger = plan.at("ledgers").at(name);
      const auto written = destinations_of(ledger.at("write"), plan);
      const auto read = destinations_of(ledger.at("read"), plan);
      std::vector<std::string> both;
      std::ranges::set_intersection(written, read, std::back_inserter(both));
      if (both.empty()) continue;
      warnings.push_back(
          {fmt::format("the ledger {} is read back through what it is written to: {}",
                       in_quotes(name), joined(both)),
           "that proves nothing about a fail-over of it; read it by another way if there is one",
           source.where("/assertions" + segment(i) + segment(kind.name) + "/ledger")});
    }
  }
}

}  // namespace reprise
