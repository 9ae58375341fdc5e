// How far each restore climbed, rung by rung, and how long that took.
#include "reports/escape.h"
#include "reports/html/page.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

std::string rung_result(const Rung& rung, const Words& words) {
  std::string cell = words(fmt::format("rung.state.{}", rung_state_name(rung.state)));
  if (rung.why) cell += fmt::format("<p class=\"why\">{}</p>", words.sentence(*rung.why));
  return cell;
}

std::string rung_steps(const Rung& rung, const Words& words) {
  std::string cell;
  for (const Text& step : rung.steps) {
    cell += (cell.empty() ? "" : "<br>") + html(step.in(words.language));
  }
  return cell.empty() ? "–" : cell;
}

std::string ladder_table(const Ladder& ladder, const Words& words) {
  Table table(words("table.ladder", {{"procedure", ladder.procedure}}), "cards ladder",
              {{words("column.rung")},
               {words("column.action")},
               {words("column.result")},
               {words("column.reached"), true},
               {words("column.since-incident"), true}});
  for (const Rung& rung : ladder.rungs) {
    std::optional<Duration> since;
    if (rung.reached && ladder.incident) since = *rung.reached - *ladder.incident;
    table.row({words("rung." + rung.name), rung_steps(rung, words), rung_result(rung, words),
               words.instant(rung.reached), words.instant(since)});
  }
  return table.str();
}

}  // namespace

std::string ladders_tables(const Drill& drill, const Words& words) {
  std::string out;
  for (const Ladder& ladder : drill.verdict.ladders) out += ladder_table(ladder, words);
  const auto& rto = drill.record.plan.objectives.rto;
  if (out.empty() || !rto) return out;
  return out +
         fmt::format("<p class=\"why\">{}</p>\n", words("rung.limit", {{"rto_ns", rto->count()}}));
}

}  // namespace reprise
