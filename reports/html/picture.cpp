// The failover picture: lanes below one another on one time axis.
#include "reports/catalogue.h"
#include "reports/escape.h"
#include "reports/html/lanes.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

// Behind everything: round instants, and the time during which a fault was in place.
std::string backdrop(const Axis& axis, const Record& record, double bottom) {
  std::string out;
  for (const FaultRecord& fault : record.faults) {
    if (!fault.commanded || fault.nature != Nature::condition || !fault.failed.empty()) continue;
    const double from = axis.x(*fault.commanded), to = axis.x(fault.healed.value_or(axis.to));
    out += fmt::format(
        "<rect class=\"broken\" x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n", from,
        std::max(to - from, 1.0), bottom);
  }
  for (const FaultRecord& fault : record.faults) {
    if (!fault.commanded) continue;
    out += fmt::format("<path class=\"incident\" d=\"M{:.1f} 0V{:.1f}\"/>\n",
                       axis.x(*fault.commanded), bottom);
  }
  for (const Duration at : axis.ticks()) {
    out += fmt::format("<path class=\"grid\" d=\"M{:.1f} 0V{:.1f}\"/>\n", axis.x(at), bottom);
  }
  return out;
}

void draw_instants(Canvas& canvas) {
  canvas.name(canvas.y + 12, canvas.words.plain("picture.time"));
  for (const Duration at : canvas.axis.ticks()) {
    const double x = canvas.axis.x(at);
    const std::string_view anchor = x > Axis::right - 20 ? "end" : "middle";
    canvas.note(x, canvas.y + 12, duration_text(at, canvas.words.language), anchor);
  }
  canvas.y += 18;
}

// One entry: a mark of the picture, 14 by 14, and what it means.
std::string entry(std::string_view mark, const std::string& meaning) {
  return fmt::format("<span><svg viewBox=\"0 0 14 14\" aria-hidden=\"true\">{}</svg>{}</span>",
                     mark, meaning);
}

// Only what this drill shows.
std::string legend(const Drill& drill, const Words& words) {
  const Record& record = drill.record;
  std::string out = "<p class=\"legend\">";
  if (!record.faults.empty()) {
    out += entry(R"(<path class="fault" d="M0 2h14v10H0z"/>)", words("legend.fault"));
    out += entry(R"(<path class="bit" d="M7 11l-5-8h10z"/>)", words("legend.bit"));
  }
  out += entry(R"(<path class="failure" d="M3 2v10M7 2v10M11 2v10"/>)", words("legend.down"));
  const auto untold = [](const ProbeFigures& figures) { return figures.unknown > 0; };
  if (std::ranges::any_of(drill.verdict.figures, untold)) {
    out += entry(R"(<path class="untold" d="M3 2v10M7 2v10M11 2v10"/>)", words("legend.unknown"));
  }
  const auto lossy = [](const LedgerFigures& ledger) { return ledger.loss.lost > 0; };
  if (std::ranges::any_of(drill.verdict.ledgers, lossy)) {
    out += entry(R"(<path class="broken" d="M1 2h12v10H1z"/>)", words("legend.loss"));
  }
  const auto ended = [](const ServiceEvent& event) {
    return event.state == "exited" || event.state == "failed";
  };
  if (std::ranges::any_of(record.services, ended)) {
    out += entry(R"(<path class="gone" d="M3 3l8 8m0-8l-8 8"/>)", words("legend.gone"));
    out += entry(R"(<circle class="ready" cx="7" cy="7" r="4"/>)", words("legend.ready"));
  }
  const auto by_hand = [](const ProcedureRecord& procedure) {
    return std::ranges::any_of(procedure.steps, &StepRecord::manual);
  };
  if (std::ranges::any_of(record.procedures, by_hand)) {
    out += entry(R"(<path class="step manual" d="M1 2h12v10H1z"/>)", words("legend.manual"));
  }
  const auto measured = [](const Finding& finding) { return finding.measured.has_value(); };
  if (std::ranges::any_of(drill.verdict.findings, measured)) {
    out += entry(R"(<path class="measure between" d="M1 2h12v10H1z"/>)", words("legend.between"));
    out += entry(R"(<path class="limit" d="M7 1v12M3 1h8M3 13h8"/>)", words("legend.limit"));
  }
  return out + "</p>\n";
}

}  // namespace

std::string failover_picture(const Drill& drill, const Words& words, const std::string& id) {
  const Record& record = drill.record;
  const Axis axis = axis_of(record);
  Canvas canvas{.words = words, .axis = axis, .body = {}};
  draw_phases(canvas, record);
  draw_faults(canvas, record);
  for (const auto& [name, probe] : record.probes) draw_probe(canvas, record, probe);
  for (const auto& [name, ledger] : record.ledgers) {
    if (!ledger.entries.empty()) draw_ledger(canvas, name, ledger);
  }
  draw_services(canvas, record);
  draw_procedures(canvas, record);
  draw_measures(canvas, drill);
  const double bottom = canvas.y;
  draw_instants(canvas);
  const std::string title = words("picture.title", {{"drill", drill_name(drill)}});
  return fmt::format(
      "<figure><div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"{1}\">"
      "<svg class=\"picture\" viewBox=\"0 -2 {2:.0f} {3:.0f}\" role=\"img\" "
      "aria-labelledby=\"{0}-title {0}-desc\">\n"
      "<title id=\"{0}-title\">{1}</title>\n<desc id=\"{0}-desc\">{4} "
      "{5}</desc>\n{6}{7}</svg></div>\n"
      "<figcaption>{8}{5}</figcaption></figure>\n",
      id, title, Axis::width, canvas.y + 6, words.typeset(headline(drill, words.language)),
      words("picture.tables"), backdrop(axis, record, bottom), canvas.body, legend(drill, words));
}

}  // namespace reprise
