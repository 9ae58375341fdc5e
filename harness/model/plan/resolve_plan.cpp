#include "harness/model/expectations/expectation.h"
#include "harness/model/plan/included_steps.h"
#include "harness/model/resolve.h"
#include "harness/model/time.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

// min(rto/100, 1s), but never shorter than the kind can look.
std::string default_interval(const json& plan, Duration least) {
  Duration every = 1s;
  json::json_pointer rto("/objectives/rto");
  if (plan.contains(rto)) {
    auto given = parse_duration(plan.at(rto).get<std::string>());
    if (given) every = std::min(every, *given / 100);
  }
  return format_duration(std::max({every, least, Duration(1)}));
}

// Moves {http: {…}, every: …} to {kind: http, options: {…}, every: …}.
json kind_apart(json value, const auto& kinds) {
  for (const auto& kind : kinds) {
    auto found = value.find(kind.name);
    if (found == value.end()) continue;
    json options = std::move(*found);
    value.erase(kind.name);
    value["kind"] = kind.name;
    value["options"] = std::move(options);
    break;
  }
  return value;
}

class PlanResolution {
 public:
  PlanResolution(const Document& plan, const Vocabulary& vocabulary, const KeptByProbe& kept)
      : plan_(plan), vocabulary_(vocabulary), kept_(kept) {}

  json resolve() {
    json out = plan_.root();
    out.erase("vars");
    out.erase("defaults");
    json& system = out.at("system");
    each(system, "services", "/system", [&](auto& one, auto& at) { service(one, at); });
    each(system, "links", "/system",
         [&](auto& one, auto& at) { one["where"] = plan_.where(at).text(); });
    each(system, "procedures", "/system", [&](auto& one, auto& at) { procedure(one, at); });
    each(out, "probes", "", [&](auto& one, auto& at) { probe(one, at); });
    for (auto& [name, one] : out["probes"].items()) keep(one, name);
    each(out, "ledgers", "", [&](auto& one, auto& at) { ledger(one, at); });
    return out;
  }

 private:
  void each(json& parent, const char* key, const std::string& above, const auto& action) {
    json& table = parent[key];
    if (table.is_null()) table = json::object();
    for (auto& [name, entry] : table.items()) {
      const std::string at = above + segment(key) + segment(name);
      action(entry, at);
    }
  }

  void service(json& one, const std::string& at) {
    if (one.contains("command")) {
      json& words = one.at("command");
      for (std::size_t i = 0; i < words.size(); ++i) {
        words[i] = plan_.written(at + "/command" + segment(i));
      }
    }
    if (one.contains("env")) {
      for (auto& [name, value] : one.at("env").items()) {
        if (!value.is_object()) value = plan_.written(at + "/env" + segment(name));
      }
    }
    if (one.contains("ready")) {
      json ready = kind_apart(one.at("ready"), vocabulary_.probes);
      if (!ready.contains("every")) ready["every"] = "50ms";
      if (!ready.contains("timeout")) ready["timeout"] = "1s";
      ready["where"] = plan_.where(at + "/ready").text();
      one["ready"] = std::move(ready);
    }
    one["where"] = plan_.where(at).text();
  }

  void procedure(json& one, const std::string& at) {
    one["steps"] = json::array();
    for (const PlacedStep& placed : steps_of(plan_.root(), at)) {
      json step = kind_apart(*placed.step, vocabulary_.steps);
      json value = std::move(step.at("options"));
      step["options"] = {{"value", std::move(value)}, {"force", step.value("force", false)}};
      step.erase("force");
      if (!step.contains("within")) step["within"] = "1min";
      step["where"] = plan_.where(placed.pointer).text();
      one["steps"].push_back(std::move(step));
    }
    one["where"] = plan_.where(at).text();
  }

  void probe(json& one, const std::string& at) {
    one = kind_apart(std::move(one), vocabulary_.probes);
    if (!one.contains("every")) {
      const auto name = one.at("kind").get<std::string>();
      Duration least{};
      for (const ProbeInfo& kind : vocabulary_.probes) {
        if (kind.name == name) least = kind.least_interval;
      }
      one["every"] = default_interval(plan_.root(), least);
    }
    if (!one.contains("in-flight")) one["in-flight"] = 64;
    one["where"] = plan_.where(at).text();
  }

  // The write becomes a probe that looks as often as the ledger writes.
  void ledger(json& one, const std::string& at) {
    json write = kind_apart(std::move(one.at("write")), vocabulary_.probes);
    Kept kept;
    if (write.contains("acknowledged")) {
      one["acknowledged"] = std::move(write.at("acknowledged"));
      write.erase("acknowledged");
      if (auto predicate = Expectation::parse(one.at("acknowledged"))) {
        kept = {predicate->pointers(), predicate->headers(), {}};
        for (const auto& search : predicate->searches()) kept.searches.insert(search.written());
      }
    }
    for (const char* key : {"every", "timeout"}) {
      write[key] = std::move(one.at(key));
      one.erase(key);
    }
    write["pointers"] = kept.pointers;
    write["headers"] = kept.headers;
    write["searches"] = kept.searches;
    write["where"] = plan_.where(at + "/write").text();
    one["write"] = std::move(write);
    one["read"] = kind_apart(std::move(one.at("read")), vocabulary_.readers);
    one["where"] = plan_.where(at).text();
  }

  void keep(json& one, const std::string& name) {
    Kept kept;
    if (auto found = kept_.find(name); found != kept_.end()) kept = found->second;
    if (one.contains("served-by")) kept.pointers.insert(one.at("served-by").get<std::string>());
    one["pointers"] = kept.pointers;
    one["headers"] = kept.headers;
    one["searches"] = kept.searches;
  }

  const Document& plan_;
  const Vocabulary& vocabulary_;
  const KeptByProbe& kept_;
};

}  // namespace

json resolve_plan(const Document& plan, const Vocabulary& vocabulary, const KeptByProbe& kept) {
  // What a procedure's own steps wait for is looked at as well.
  KeptByProbe all = kept;
  collect_kept(plan.root().at("system"), all);
  return PlanResolution(plan, vocabulary, all).resolve();
}

}  // namespace reprise
