#include "harness/model/scenario/level_names.h"

#include "harness/model/plan/included_steps.h"
#include "harness/model/scenario/watches.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

class LevelNames {
 public:
  LevelNames(const ScenarioSource& source, const json& plan, Mentions& mentions)
      : source_(source), plan_(plan), mentions_(mentions) {}

  void check() {
    const json& root = source_.root();
    for (const auto& [key, value] : root.items()) {
      if (key == "vars" || key == "for-each" || key == "levels" || key == "leaves") continue;
      each_watch(value, segment(key), [&](const PlacedWatch& watch) {
        if (watch.expect->is_string()) {
          stated(watch.probe, watch.expect->get<std::string>(), watch.pointer + "/expect", "");
        }
      });
    }
    const auto procedures = root.find("procedures");
    const std::size_t runs = procedures != root.end() ? procedures->size() : 0;
    for (std::size_t i = 0; i < runs; ++i) procedure(i);
    left();
  }

 private:
  void procedure(std::size_t index) {
    const auto at = "/procedures" + segment(index) + "/run";
    const auto name = source_.root().at(json::json_pointer(at)).get<std::string>();
    const auto procedure = "/system/procedures" + segment(name);
    if (!mentions_.has("procedure", name)) return;  // has been said
    for (const PlacedStep& placed : steps_of(plan_, procedure)) {
      each_watch(*placed.step, placed.pointer, [&](const PlacedWatch& watch) {
        if (!watch.expect->is_string()) return;
        stated(watch.probe, watch.expect->get<std::string>(), at,
               fmt::format("; the procedure {} waits for it", in_quotes(name)));
      });
    }
  }

  void left() {
    const auto leaves = source_.root().find("leaves");
    if (leaves == source_.root().end()) return;
    for (const auto& [probe, one] : leaves->items()) {
      if (probe == "reason") continue;
      const std::string level = one.is_object() ? one.at("level") : one;
      if (level != "down") stated(probe, level, "/leaves" + segment(probe), "");
    }
  }

  void stated(const std::string& probe, const std::string& level, const std::string& at,
              const std::string& why) {
    // Down is whatever is neither nominal nor degraded.
    const auto place = "/levels" + segment(probe) + (level == "degraded" ? "/degraded" : "");
    if (mentions_.enough() || !mentions_.has("probe", probe)) return;
    if (source_.root().contains(json::json_pointer(place))) return;
    std::string remedy = "say what it looks like under levels";
    if (level != "degraded") {
      remedy = fmt::format("levels: {{{}: {{nominal: …}}}} says what is; {}", probe,
                           level == "down" ? "all else is down" : "else any answer would do");
    }
    mentions_.add(
        at,
        fmt::format("the level '{}' of probe {} is not described{}", level, in_quotes(probe), why),
        std::move(remedy));
  }

  const ScenarioSource& source_;
  const json& plan_;
  Mentions& mentions_;
};

}  // namespace

void check_levels(const ScenarioSource& source, const json& plan, Mentions& mentions) {
  LevelNames(source, plan, mentions).check();
}

}  // namespace reprise
