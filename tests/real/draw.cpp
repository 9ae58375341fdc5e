#include "tests/real/draw.h"

#include <algorithm>

#include <fmt/format.h>

#include "tests/support/program.h"

namespace reprise::real {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

json probe(const std::string& address, const Drawn& drawn, std::int64_t every) {
  return {{"http", {{"url", "http://${" + address + ".address}/" + address}}},
          {"every", ms(every)},
          {"timeout", ms(drawn.timeout)}};
}

// Whether a link is broken, or looked through.
bool uses(const json& scenario, const std::string& link) {
  for (const json& assertion : scenario.at("assertions")) {
    for (const json& options : assertion) {
      if (options.at("probe") == (link == "front" ? "via" : "side")) return true;
    }
  }
  return std::ranges::any_of(scenario.at("faults"), [&](const json& fault) {
    return fault.value("into", "") == link;
  });
}

json plan_of(const Drawn& drawn) {
  json web{
      {"command", {"python3", "-S", "service.py"}},
      {"env", {{"PORT", "${port}"}}},
      {"restart", "always"},
      {"restart-delay", "20ms"},
      {"ready", {{"http", {{"url", "http://${services.web.address}/ready"}}}, {"every", "20ms"}}}};
  json system{{"folder", "system"}, {"services", {{"web", web}}}};
  const json link{{"from", "user"}, {"to", "web"}, {"protocol", "http"}};
  std::string used;
  for (const std::string name : {"front", "beside"}) {
    if (!uses(drawn.scenario, name)) continue;
    system["links"][name] = link;
    used += "${links." + name + ".address} ";
  }
  if (!used.empty()) {
    system["services"]["user"] = {
        {"command", {"python3", "-S", "user.py"}}, {"after", {"web"}}, {"env", {{"LINKS", used}}}};
  }
  json probes{{"page", probe("services.web", drawn, drawn.every)}};
  if (uses(drawn.scenario, "front")) probes["via"] = probe("links.front", drawn, drawn.every);
  if (uses(drawn.scenario, "beside"))
    probes["side"] = probe("links.beside", drawn, 2 * drawn.every);
  return {{"reprise", 1},
          {"plan", "real"},
          {"objectives", {{"rto", "5s"}}},
          {"system", system},
          {"probes", probes}};
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
              {"patience", ms(dice.whole(400, 1500))}};
  if (drawn.sustained) scenario["sustained"] = ms(drawn.sustained);
  scenario["faults"] = draw_faults(dice, drawn);
  // What lasts to the end must last for a while.
  const bool lasting = std::ranges::any_of(scenario["faults"], lasts_to_the_end);
  scenario["hold"] = ms(lasting ? dice.whole(150, 700) : dice.chance(60) ? 0 : dice.whole(50, 400));
  scenario["assertions"] = draw_assertions(dice, drawn, scenario["faults"]);
  drawn.plan = plan_of(drawn);
  for (const auto& [name, probe] : drawn.plan.at("probes").items()) {
    scenario["levels"][name] = levels_of(drawn);
    scenario["steady-state"].push_back({{"probe", name}, {"expect", "nominal"}});
  }
  return drawn;
}

void write_drill(const Drawn& drawn, const fs::path& folder) {
  json plan = drawn.plan;
  json& env = plan["system"]["services"]["web"]["env"];
  env["TRUTH"] = (folder / "truth.jsonl").string();
  if (std::getenv("REPRISE_KEEP")) env["REQUESTS"] = (folder / "requests.jsonl").string();
  // JSON is YAML.
  testing::write_file(folder / "real/plan.yaml", plan.dump(1) + "\n");
  testing::write_file(folder / "real/drawn.yaml", drawn.scenario.dump(1) + "\n");
  testing::write_file(folder / "real/system/script.json", drawn.script.dump(1) + "\n");
  for (const char* script : {"service.py", "user.py"}) {
    testing::write_file(folder / "real/system" / script,
                        testing::read_file(fs::path(REPRISE_SOURCE_DIR) / "tests/real" / script));
  }
}

}  // namespace reprise::real
