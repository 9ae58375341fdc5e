#include "tests/real/draw.h"

namespace reprise::real {
namespace {

using nlohmann::json;

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

  // The one that these options count from.
  const json& fault_of(const json& options) const {
    for (const json& fault : faults_) {
      if (fault.at("id") == options.value("incident", "")) return fault;
    }
    return faults_[0];
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
    // What is due after its fault has been healed is refused: it could not fail.
    if (fault_of(options).contains("for")) {
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

json draw_assertions(Dice& dice, const Drawn& drawn, const json& faults) {
  return Demands(dice, drawn, faults).take();
}

}  // namespace reprise::real
