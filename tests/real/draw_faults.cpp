#include "tests/real/draw.h"

namespace reprise::real {
namespace {

using nlohmann::json;

class Faults {
 public:
  Faults(Dice& dice, Drawn& drawn) : dice_(dice), drawn_(drawn) {}

  json take() {
    json faults = json::array();
    faults.push_back(fault("a"));
    faults[0]["at"] = ms(dice_.whole(0, 250));
    if (dice_.chance(60)) {
      if (dice_.chance(25)) {
        repeat(faults[0]);
      } else {
        faults.push_back(fault("b"));
        begin_second(faults);
      }
    }
    // A condition that harms nobody must change nothing.
    if (dice_.chance(20)) {
      faults.push_back({{"id", "harmless"},
                        {"inject", "http_delay"},
                        {"into", "beside"},
                        {"with", {{"delay", "1ms"}}},
                        {"at", ms(dice_.whole(0, 700))},
                        {"for", ms(dice_.whole(100, 900))}});
    }
    return faults;
  }

 private:
  json fault(const std::string& id) {
    json made{{"id", id}};
    const bool process = !process_used_ && dice_.chance(35);
    if (process) {
      process_used_ = true;
      return dice_.chance(60) ? kill(made) : pause(made);
    }
    if (!link_used_ && dice_.chance(40)) {
      link_used_ = true;
      return link(made);
    }
    made["inject"] = "command";
    made["with"] = {{"inject", {"touch", "control/" + id}}};
    if (dice_.chance(50)) {
      drawn_.script[id] = event_script();
      return made;
    }
    made["with"]["undo"] = {"touch", "control/" + id + "-undo"};
    drawn_.script[id] = condition_script();
    drawn_.script[id + "-undo"] = undo_script();
    lasting(made);
    return made;
  }

  void lasting(json& fault) {
    if (!dice_.chance(15)) fault["for"] = ms(dice_.whole(100, 800));
  }

  void repeat(json& fault) {
    if (fault.contains("with") && fault["with"].contains("undo")) fault["for"] = "250ms";
    if (fault["inject"] != "command" && fault["inject"] != "process_kill") fault["for"] = "200ms";
    const int least = fault["inject"] == "process_kill" ? 900 : 350;
    fault["repeat"] = {{"times", 2}, {"every", ms(dice_.whole(least, 1300))}};
  }

  void begin_second(json& faults) {
    json& fault = faults[1];
    if (!lasts_to_the_end(faults[0]) && dice_.chance(25)) {
      fault["after"] = "a";
      fault["delay"] = ms(dice_.chance(30) ? 0 : dice_.whole(1, 500));
    } else {
      fault["at"] = ms(dice_.whole(0, 1100));
    }
  }

  json kill(json made) {
    made["inject"] = "process_kill";
    made["into"] = "web";
    json boot = json::array();
    if (dice_.chance(50)) {
      boot.push_back({0, bad()});
      boot.push_back({dice_.whole(40, 500), fine()});
    } else {
      boot.push_back({0, fine()});
      if (dice_.chance(20)) add_outage(boot, dice_.whole(20, 400));
    }
    drawn_.script["boot"] = boot;
    return made;
  }

  json pause(json made) {
    made["inject"] = "process_pause";
    made["into"] = "web";
    made["for"] = ms(dice_.whole(60, 700));
    return made;
  }

  json link(json made) {
    made["into"] = "front";
    switch (dice_.whole(0, 4)) {
      case 0:
        made["inject"] = "http_status";
        made["with"] = {{"status", 503}};
        break;
      case 1:
        made["inject"] = "http_status";
        made["with"] = {{"status", drawn_.by_status ? 203 : 200},
                        {"body", R"({"mode": "fallback"})"},
                        {"headers", {{"Content-Type", "application/json"}}}};
        break;
      case 2:
        made["inject"] = "network_cut";
        made["with"] = {{"how", dice_.one_of<const char*>({"refuse", "silence"})}};
        break;
      case 3: {
        made["inject"] = "http_delay";
        const auto percent = dice_.chance(50) ? dice_.whole(10, 60) : dice_.whole(150, 250);
        made["with"] = {{"delay", ms(drawn_.timeout * percent / 100)}};
        break;
      }
      default:
        made["inject"] = "http_hang";
    }
    lasting(made);
    return made;
  }

  static json fine() { return {{"kind", "fine"}}; }

  json bad() {
    const auto drawn = dice_.whole(0, 99);
    if (drawn < 30) return {{"kind", "down"}};
    if (drawn < 50) return {{"kind", "refuse"}};
    if (drawn < 75) {
      return {{"kind", "hang"}, {"held", dice_.one_of<const char*>({"answer", "drop"})}};
    }
    if (drawn < 82) return slow(drawn_.timeout * dice_.whole(150, 250) / 100);
    return {{"kind", "degraded"}};
  }

  json slow(std::int64_t latency) {
    return {{"kind", "slow"},
            {"ms", latency},
            {"late", dice_.chance(50)},
            {"as", dice_.chance(70) ? "fine" : "degraded"}};
  }

  // After so long; it ends well, through a fallback, or with a blip after it.
  void add_outage(json& script, std::int64_t after) {
    script.push_back({after, bad()});
    if (dice_.chance(15)) script.push_back({dice_.whole(30, 300), bad()});
    std::int64_t length = dice_.chance(80) ? dice_.whole(60, 500) : dice_.whole(5, 60);
    if (dice_.chance(5)) return;  // for ever
    if (dice_.chance(20)) {
      script.push_back({length, {{"kind", "degraded"}}});
      length = dice_.whole(50, 400);
    }
    if (dice_.chance(12)) {
      script.push_back({length, slow(drawn_.timeout * dice_.whole(10, 55) / 100)});
      length = dice_.whole(50, 300);
    }
    script.push_back({length, fine()});
    if (dice_.chance(20)) {
      script.push_back({dice_.whole(20, 2 * drawn_.sustained_ms()), bad()});
      script.push_back({dice_.whole(30, 200), fine()});
    }
  }

  std::int64_t delay() {
    if (dice_.chance(45)) return 0;
    return dice_.chance(70) ? dice_.whole(1, 60) : dice_.whole(60, 450);
  }

  json event_script() {
    json script = json::array();
    if (!dice_.chance(12)) add_outage(script, delay());
    return script;
  }

  json condition_script() {
    json script = json::array();
    if (dice_.chance(15)) return script;
    if (dice_.chance(35)) {
      add_outage(script, delay());
    } else {
      script.push_back({delay(), bad()});
      if (dice_.chance(30)) script.push_back({dice_.whole(40, 300), {{"kind", "degraded"}}});
    }
    return script;
  }

  json undo_script() {
    json script = json::array();
    if (dice_.chance(4)) return script;  // mends nothing
    script.push_back({delay(), fine()});
    if (dice_.chance(25)) add_outage(script, dice_.whole(0, 300));
    return script;
  }

  Dice& dice_;
  Drawn& drawn_;
  bool process_used_ = false, link_used_ = false;
};

// The demands of a drill; their limits are drawn around what such outages last.
class Demands {
 public:
  Demands(Dice& dice, const Drawn& drawn, const json& faults)
      : dice_(dice), drawn_(drawn), faults_(faults) {}

  json take() {
    json demands = json::array();
    const auto count = dice_.whole(1, 4);
    for (int i = 0; i < count; ++i) {
      const auto drawn = dice_.whole(0, 99);
      if (i == 0 || drawn < 40) {
        demands.push_back({{"recovery", recovery()}});
      } else if (drawn < 65) {
        demands.push_back({{"throughout", throughout()}});
      } else if (drawn < 80) {
        demands.push_back({{"never", never()}});
      } else {
        demands.push_back({{"fallback", fallback()}});
      }
    }
    return demands;
  }

 private:
  std::string probe() {
    bool link = false;
    for (const json& fault : faults_) link = link || fault.value("into", "") == "front";
    return dice_.chance(link ? 65 : 10) ? "via" : "page";
  }

  const char* level() { return dice_.chance(65) ? "nominal" : "degraded"; }

  std::string limit(std::int64_t low, std::int64_t high) {
    return ms(dice_.chance(15) ? dice_.whole(2000, 4000) : dice_.whole(low, high));
  }

  std::string incident() {
    return faults_[dice_.whole(0, static_cast<std::int64_t>(faults_.size()) - 1)].at("id");
  }

  json recovery() {
    json options{{"probe", probe()}, {"expect", level()}, {"within", limit(100, 1200)}};
    if (dice_.chance(15)) options["sustained"] = ms(dice_.whole(3 * drawn_.every, 400));
    if (dice_.chance(20)) {
      options["from"] = dice_.one_of<const char*>({"heal", "incident"});
    } else if (dice_.chance(25)) {
      options["incident"] = incident();
    }
    return options;
  }

  json throughout() {
    json options{{"probe", probe()}, {"expect", level()}};
    const bool outage = dice_.chance(60);
    if (outage) options["longest-outage"] = limit(50, 800);
    if (!outage || dice_.chance(20)) options["allowed-failures"] = dice_.whole(0, 25);
    if (dice_.chance(35)) options["during"] = "fault";
    return options;
  }

  json shown() {
    if (drawn_.by_status) return {{"status", 203}};
    return {{"json", {{"/mode", "fallback"}}}};
  }

  json never() {
    json options{{"probe", probe()}};
    const auto drawn = dice_.whole(0, 2);
    options["expect"] = drawn == 0 ? json("down") : drawn == 1 ? json("degraded") : shown();
    return options;
  }

  json fallback() {
    json options{{"probe", probe()}, {"within", limit(40, 600)}};
    options["expect"] = dice_.chance(40) ? json("degraded") : shown();
    if (faults_.size() > 1) {
      options["incident"] = incident();
    } else if (faults_[0].contains("repeat")) {
      options["incident"] = "each";
    }
    // What is due after the only fault has been healed is refused: it could not fail.
    if (faults_.size() == 1 && faults_[0].contains("for")) {
      options["within"] = "50ms";
    } else if (dice_.chance(30)) {
      options["detect"] = ms(dice_.whole(20, 200));
    }
    return options;
  }

  Dice& dice_;
  const Drawn& drawn_;
  const json& faults_;
};

}  // namespace

bool lasts_to_the_end(const json& fault) {
  if (fault.contains("for") || fault.at("inject") == "process_kill") return false;
  return fault.at("inject") != "command" || fault.at("with").contains("undo");
}

json draw_faults(Dice& dice, Drawn& drawn) { return Faults(dice, drawn).take(); }

json draw_assertions(Dice& dice, const Drawn& drawn, const json& faults) {
  return Demands(dice, drawn, faults).take();
}

}  // namespace reprise::real
