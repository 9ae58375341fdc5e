#include "harness/model/documents/files.h"
#include "harness/model/names.h"
#include "harness/model/plan/included_steps.h"
#include "harness/model/plan/plan.h"
#include "harness/model/scenario/mentions.h"
#include "harness/model/scenario/predicate_names.h"
#include "harness/model/shapes/shapes.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

constexpr std::size_t most_steps = 10'000;  // of a plan

class PlanNames {
 public:
  PlanNames(const Document& plan, const Vocabulary& vocabulary, Errors& errors)
      : plan_(plan),
        vocabulary_(vocabulary),
        mentions_(
            plan.root(), [&plan](const auto& pointer) { return plan.where(pointer); }, errors) {}

  void check() {
    const json& root = plan_.root();
    mentions_.check_shape(plan_shape(vocabulary_), root, "");
    references(root);
    const json& system = root.at("system");
    each(system, "services", "/system",
         [&](const json& one, const std::string& at) { service(one, at); });
    service_order(system);
    each(system, "links", "/system",
         [&](const json& one, const std::string& at) { link(one, at); });
    each(system, "files", "/system",
         [&](const json& one, const std::string& at) { inside(one, at); });
    each(system, "disks", "/system",
         [&](const json& one, const std::string& at) { disk(one, at); });
    each(system, "databases", "/system",
         [&](const json& one, const std::string& at) { database(one, at); });
    procedures(system);
    if (system.contains("folder")) inside(system.at("folder"), "/system/folder");
    each(root, "probes", "", [&](const json& one, const std::string& at) { probe(one, at); });
    each(root, "ledgers", "", [&](const json& one, const std::string& at) { ledger(one, at); });
    check_plan_predicates(root, vocabulary_, mentions_);
    each(root, "objectives", "", [&](const json& one, const std::string& at) {
      if (one.is_string() && at != "/objectives/availability") mentions_.check_positive(one, at);
    });
  }

 private:
  void each(const json& parent, const char* key, const std::string& above, const auto& action) {
    auto table = parent.find(key);
    if (table == parent.end()) return;
    for (const auto& [name, entry] : table->items()) {
      action(entry, above + segment(key) + segment(name));
    }
  }

  void references(const json& root) {
    for (const auto& [key, value] : root.items()) {
      if (key == "vars") continue;
      if (key == "ledgers") continue;
      if (key == "title") {
        mentions_.check_literal(value, segment(key));
        continue;
      }
      if (key != "system") {
        mentions_.check_references(value, segment(key));
        continue;
      }
      for (const auto& [part, entries] : value.items()) {
        auto at = "/system" + segment(part);
        if (part != "services") {
          mentions_.check_references(entries, at);
          continue;
        }
        for (const auto& [name, entry] : entries.items()) {
          std::vector<std::string> local;
          if (!entry.value("external", false)) local = {"port"};
          mentions_.check_references(entry, at + segment(name), local);
        }
      }
    }
  }

  void disk(const json& one, const std::string& at) {
    inside(one.at("path"), at + "/path");
    const auto size = parse_size(one.at("size").get<std::string>());
    if (size && *size == 0) mentions_.add(at + "/size", "a disk of 0B holds nothing");
  }

  void database(const json& url, const std::string& at) {
    const auto server = server_of(url);
    if (server.empty() || server == "postgresql" || server == "redis") return;
    mentions_.add(at,
                  fmt::format("{} is no kind of database that is known here", in_quotes(server)),
                  "it begins with postgresql:// or redis://");
  }

  // Of a probe, or of a ledger's writes and readings.
  void speaks_to(const json& one, const auto& kinds, const std::string& at) {
    for (const KindInfo& kind : kinds) {
      if (kind.server.empty() || !one.contains(kind.name)) continue;
      mentions_.check_server(one.at(kind.name).value("database", json()), kind.server,
                             at + segment(kind.name) + "/database");
    }
  }

  void service(const json& one, const std::string& at) {
    bool external = one.value("external", false);
    if (external && one.contains("command")) {
      mentions_.add(at + "/command", "an external service has no command",
                    "reprise neither starts nor stops it");
    }
    if (external && !one.contains("address")) {
      mentions_.add(at, "the key 'address' is missing", "host:port of the external service");
    }
    if (!external && !one.contains("command")) {
      mentions_.add(at, "the key 'command' is missing", "or external: true, and an address");
    }
    if (!external && one.contains("address")) {
      mentions_.add(at + "/address", "only an external service has an address",
                    "the port of any other is given to it as ${port}");
    }
    if (!external && one.contains("target")) {
      mentions_.add(at + "/target", "only an external service needs to be called a target",
                    "scenarios may break any other");
    }
    if (external) not_started(one, at);
    if (one.contains("env")) environment(one.at("env"), at + "/env");
    if (one.contains("restart-delay") && one.value("restart", "never") == "never") {
      mentions_.add(at + "/restart-delay", "'restart-delay' without 'restart'",
                    "say restart: on-failure or restart: always");
    }
    if (one.contains("folder")) inside(one.at("folder"), at + "/folder");
    if (one.contains("ready")) {
      const json& ready = one.at("ready");
      if (ready.contains("every")) interval(ready, at + "/ready");
      if (ready.contains("timeout")) {
        mentions_.check_positive(ready.at("timeout"), at + "/ready/timeout");
      }
      asks(ready, at + "/ready", "is answered before the service is ready");
    }
  }

  void environment(const json& variables, const std::string& at) {
    for (const auto& [name, value] : variables.items()) {
      if (!name.empty() && name.find('=') == name.npos) continue;
      mentions_.add(at + segment(name),
                    fmt::format("{} is no name of a variable of the environment", in_quotes(name)));
    }
  }

  void not_started(const json& one, const std::string& at) {
    for (const char* key : {"env", "folder", "restart", "stop-signal", "stop-within"}) {
      if (!one.contains(key)) continue;
      mentions_.add(at + "/" + key, fmt::format("an external service has no '{}'", key),
                    "reprise neither starts nor stops it");
    }
  }

  void service_order(const json& system) {
    auto services = system.find("services");
    if (services == system.end()) return;
    std::map<std::string, std::vector<std::string>> before;
    for (const auto& [name, one] : services->items()) {
      before[name] = one.value("after", std::vector<std::string>{});
    }
    auto name = on_cycle(before);
    if (name.empty()) return;
    mentions_.add("/system/services" + segment(name) + "/after",
                  fmt::format("'{}' waits for itself, by way of 'after'", name));
  }

  void link(const json& one, const std::string& at) {
    const json& to = one.at("to");
    bool address = to.get_ref<const std::string&>().find(':') != std::string::npos;
    if (!address) mentions_.check_name("service", to, at + "/to");
  }

  void procedures(const json& system) {
    each(system, "procedures", "/system", [&](const json& one, const std::string& at) {
      if (includes(one.at("steps"), system.at("procedures"), at + "/steps")) rungs(at);
      for (std::size_t i = 0; i < one.at("steps").size(); ++i) {
        force(one.at("steps")[i], at + "/steps" + segment(i));
        acts_on(one.at("steps")[i], at + "/steps" + segment(i));
      }
    });
  }

  void acts_on(const json& step, const std::string& at) {
    for (const KindInfo& kind : vocabulary_.steps) {
      if (step.contains(kind.name)) {
        mentions_.check_server(step.at(kind.name), kind.server, at + segment(kind.name));
      }
      if (!kind.runs_services || !step.contains(kind.name)) continue;
      const json& named = step.at(kind.name);
      const auto place = at + segment(kind.name);
      if (named.is_string()) mentions_.check_started(named, place);
      if (!named.is_array()) continue;
      for (std::size_t i = 0; i < named.size(); ++i) {
        mentions_.check_started(named[i], place + segment(i));
      }
    }
  }

  void force(const json& step, const std::string& at) {
    if (!step.contains("force")) return;
    for (const KindInfo& kind : vocabulary_.steps) {
      if (!step.contains(kind.name) || kind.forcible) continue;
      mentions_.add(at + "/force", fmt::format("'force' has no meaning for the step {}", kind.name),
                    "it stands beside stop");
    }
  }

  // Whether all that is included can be.
  bool includes(const json& steps, const json& procedures, const std::string& at) {
    std::size_t count = 0;
    bool good = true;
    const auto refuse = [&](std::size_t i, const char* what, const char* remedy) {
      mentions_.add(at + segment(i), what, remedy);
      good = false;
    };
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const auto included = steps[i].find("include");
      ++count;
      if (included == steps[i].end()) continue;
      if (steps[i].size() > 1) {
        refuse(i, "'include' stands alone", "what is included brings its own titles and times");
      }
      const auto other = procedures.find(included->get<std::string>());
      if (other == procedures.end()) return false;  // has been said
      for (const json& step : other->at("steps")) {
        if (!step.contains("include")) continue;
        refuse(i, "what is included includes something itself", "one level is as far as it goes");
        break;
      }
      count += other->at("steps").size() - 1;
    }
    steps_ += count;
    if (steps_ > most_steps) {
      mentions_.add(at, fmt::format("more than {} steps, with those included", most_steps),
                    "in all procedures together");
    }
    return good && steps_ <= most_steps;
  }

  void rungs(const std::string& procedure) {
    auto highest = step_rungs.begin();
    for (const PlacedStep& placed : steps_of(plan_.root(), procedure)) {
      if (!placed.step->contains("rung")) continue;
      auto rung = std::ranges::find(step_rungs, placed.step->at("rung").get<std::string>());
      if (rung < highest) {
        mentions_.add(placed.pointer + "/rung",
                      fmt::format("the rung '{}' comes after '{}' in procedure {}", *rung, *highest,
                                  procedure.substr(procedure.rfind('/') + 1)),
                      fmt::format("the ladder is {}", fmt::join(step_rungs, ", ")));
      }
      highest = std::max(highest, rung);
    }
  }

  void probe(const json& one, const std::string& at) {
    mentions_.check_positive(one.at("timeout"), at + "/timeout");
    if (one.contains("every")) interval(one, at);
    speaks_to(one, vocabulary_.probes, at);
    for (const ProbeInfo& kind : vocabulary_.probes) {
      const auto service = json::json_pointer(segment(kind.name) + "/service");
      if (one.contains(service)) {
        mentions_.check_started(one.at(service), at + segment(kind.name) + "/service");
      }
    }
    if (one.contains("served-by")) served_by(one, at + "/served-by");
  }

  void served_by(const json& one, const std::string& at) {
    if (!one.at("served-by").get<std::string>().starts_with('/')) {
      mentions_.add(at, "a JSON pointer begins with '/'");
    }
    for (const ProbeInfo& kind : vocabulary_.probes) {
      if (!one.contains(kind.name)) continue;
      const auto document = std::ranges::find(kind.sees, "json", &SeenValue::name);
      if (document != kind.sees.end()) continue;
      mentions_.add(at, fmt::format("a probe of kind {} sees no JSON", kind.name),
                    "leave 'served-by' out");
    }
  }

  void ledger(const json& one, const std::string& at) {
    mentions_.check_references(one.at("write"), at + "/write", {"entry.key", "entry.payload"});
    mentions_.check_references(one.at("read"), at + "/read", {"entry.prefix", "entry.after"});
    for (const char* key : {"every", "timeout", "read-within"}) {
      if (one.contains(key)) mentions_.check_positive(one.at(key), at + segment(key));
    }
    asks(one.at("write"), at + "/write", "writes nothing");
    speaks_to(one.at("write"), vocabulary_.probes, at + "/write");
    speaks_to(one.at("read"), vocabulary_.readers, at + "/read");
    const std::string text = one.at("write").dump();
    for (const char* name : {"entry.key", "entry.payload"}) {
      if (text.find(fmt::format("${{{}}}", name)) != text.npos) continue;
      mentions_.add(at + "/write", fmt::format("the write does not hold ${{{}}}", name),
                    "else what is read back could not be told apart");
    }
  }

  void asks(const json& probe, const std::string& at, const char* else_it) {
    for (const ProbeInfo& kind : vocabulary_.probes) {
      if (!kind.asks_nothing || !probe.contains(kind.name)) continue;
      mentions_.add(at + segment(kind.name),
                    fmt::format("a probe of kind {} {}", kind.name, else_it),
                    "let it be a request, a statement, or a command that ends with 0");
    }
  }

  void interval(const json& one, const std::string& at) {
    mentions_.check_positive(one.at("every"), at + "/every");
    auto every = parse_duration(one.at("every").get<std::string>());
    for (const ProbeInfo& kind : vocabulary_.probes) {
      if (!one.contains(kind.name) || !every || *every >= kind.least_interval) continue;
      mentions_.add(at + "/every", fmt::format("a probe of kind {} cannot look more often than "
                                               "every {}",
                                               kind.name, format_duration(kind.least_interval)));
    }
  }

  void inside(const json& path, const std::string& at) {
    const auto& text = path.get_ref<const std::string&>();
    if (stays_inside(text)) return;
    mentions_.add(at, fmt::format("the path {} leads out of its folder", in_quotes(text)),
                  "neither absolute nor with '..'");
  }

  const Document& plan_;
  const Vocabulary& vocabulary_;
  Mentions mentions_;
  std::size_t steps_ = 0;
};

}  // namespace

void check_plan_names(const Document& plan, const Vocabulary& vocabulary, Errors& errors) {
  PlanNames(plan, vocabulary, errors).check();
}

}  // namespace reprise
