#include "tests/real/draw.h"

#include <fmt/format.h>

#include "tests/support/program.h"

namespace reprise::real {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

json probe(const std::string& address, const Drawn& drawn, std::int64_t every) {
  return {{"http", {{"url", "http://${" + address + ".address}/page"}}},
          {"every", ms(every)},
          {"timeout", ms(drawn.timeout)}};
}

json plan_of(const Drawn& drawn) {
  json web{{"command", {"python3", "service.py"}},
           {"env", {{"PORT", "${port}"}}},
           {"restart", "always"},
           {"restart-delay", "20ms"},
           {"ready", {{"http", {{"url", "http://${services.web.address}/ready"}}}, {"every", "20ms"}}}};
  web["env"]["LINKS"] = "${links.front.address} ${links.beside.address}";
  json link{{"from", "web"}, {"to", "web"}, {"protocol", "http"}};
  return {{"reprise", 1},
          {"plan", "real"},
          {"objectives", {{"rto", "5s"}}},
          {"system",
           {{"folder", "system"},
            {"services", {{"web", web}}},
            {"links", {{"front", link}, {"beside", link}}}}},
          {"probes",
           {{"page", probe("services.web", drawn, drawn.every)},
            {"via", probe("links.front", drawn, drawn.every)},
            {"side", probe("links.beside", drawn, 2 * drawn.every)}}}};
}

// Both levels keep the instant at which the service decided its answer.
json levels_of(const Drawn& drawn) {
  const json told{{"type", "number"}};
  if (drawn.by_status) {
    return {{"nominal", {{"status", 200}, {"json", {{"/tau", told}}}}},
            {"degraded", {{"status", {{"in", {200, 203}}}}}}};
  }
  return {{"nominal", {{"json", {{"/mode", "nominal"}, {"/tau", told}}}}},
          {"degraded", {{"json", {{"/mode", {{"in", {"nominal", "fallback"}}}}}}}}};
}

bool uses(const json& scenario, const std::string& probe) {
  for (const json& assertion : scenario.at("assertions")) {
    for (const json& options : assertion) {
      if (options.at("probe") == probe) return true;
    }
  }
  for (const json& fault : scenario.at("faults")) {
    if (fault.value("into", "") == (probe == "via" ? "front" : "beside")) return true;
  }
  return false;
}

}  // namespace

std::string ms(std::int64_t milliseconds) { return fmt::format("{}ms", milliseconds); }

Drawn draw(std::uint64_t seed) {
  Dice dice(seed);
  Drawn drawn;
  drawn.seed = seed;
  drawn.every = dice.one_of({20, 25, 30, 40, 50});
  drawn.timeout = dice.whole(80, 220);
  drawn.sustained = dice.chance(15) ? 0 : dice.whole(3 * drawn.every, 300);
  drawn.by_status = dice.chance(50);
  drawn.plan = plan_of(drawn);
  drawn.script = {{"style", drawn.by_status ? "status" : "json"},
                  {"start", json::array({json::array({0, {{"kind", "fine"}}})})}};
  // Now and then the system is unwell of itself, near the first command or before it.
  if (dice.chance(8)) {
    drawn.script["start"].push_back({dice.whole(200, 900), {{"kind", "down"}}});
    drawn.script["start"].push_back({dice.whole(20, 150), {{"kind", "fine"}}});
  }
  drawn.script["boot"] = drawn.script["start"];
  json& scenario = drawn.scenario;
  scenario = {{"reprise", 1},
              {"scenario", "drawn"},
              {"steady", {{"for", "300ms"}, {"within", "10s"}}},
              {"hold", ms(dice.chance(40) ? 0 : dice.whole(50, 500))},
              {"patience", ms(dice.whole(400, 1500))}};
  if (drawn.sustained) scenario["sustained"] = ms(drawn.sustained);
  scenario["faults"] = draw_faults(dice, drawn);
  scenario["assertions"] = draw_assertions(dice, drawn, scenario["faults"]);
  for (const std::string name : {"page", "via", "side"}) {
    if (name != "page" && !uses(scenario, name)) continue;
    scenario["levels"][name] = levels_of(drawn);
    scenario["steady-state"].push_back({{"probe", name}, {"expect", "nominal"}});
  }
  return drawn;
}

void write_drill(const Drawn& drawn, const fs::path& folder) {
  json plan = drawn.plan;
  plan["system"]["services"]["web"]["env"]["TRUTH"] = (folder / "truth.jsonl").string();
  // JSON is YAML.
  testing::write_file(folder / "real/plan.yaml", plan.dump(1) + "\n");
  testing::write_file(folder / "real/drawn.yaml", drawn.scenario.dump(1) + "\n");
  testing::write_file(folder / "real/system/script.json", drawn.script.dump(1) + "\n");
  testing::write_file(
      folder / "real/system/service.py",
      testing::read_file(fs::path(REPRISE_SOURCE_DIR) / "tests/real/service.py"));
}

}  // namespace reprise::real
