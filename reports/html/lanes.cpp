#include "reports/html/lanes.h"

#include <map>

#include "reports/escape.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

constexpr double row_height = 18;
constexpr std::size_t most_of_a_name = 17;  // letters

// Cuts between characters, never inside one.
std::string shortened(std::string_view text, std::size_t most) {
  std::size_t letters = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u) continue;
    if (++letters > most) return std::string(text.substr(0, at)) + "…";
  }
  return std::string(text);
}

// Of text in the drawing, rather too much than too little.
double width_of(std::string_view text) {
  return 6.8 * static_cast<double>(std::ranges::count_if(text, [](char byte) {
           return (static_cast<unsigned char>(byte) & 0xC0u) != 0x80u;
         }));
}

std::string box(double from, double to, double y, double height, std::string_view classes) {
  return fmt::format(
      "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n",
      classes, from, y, std::max(to - from, 1.0), height);
}

}  // namespace

void Canvas::name(double baseline, std::string_view text) {
  const std::string whole = visible(text);
  body += fmt::format("<text class=\"lane\" x=\"0\" y=\"{:.1f}\"><title>{}</title>{}</text>\n",
                      baseline, html(whole), html(shortened(whole, most_of_a_name)));
}

void Canvas::small(double baseline, std::string_view text) {
  body += fmt::format("<text class=\"row\" x=\"{:.0f}\" y=\"{:.1f}\">{}</text>\n", Axis::left - 8,
                      baseline, html(shortened(visible(text), 14)));
}

void Canvas::note(double x, double baseline, std::string_view text, std::string_view anchor) {
  body +=
      fmt::format("<text class=\"note\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n",
                  x, baseline, anchor, html(text));
}

void Canvas::separate() {
  y += 7;
  body += fmt::format("<path class=\"hair\" d=\"M0 {0:.1f}H{1:.0f}\"/>\n", y, Axis::width);
  y += 7;
}

void draw_phases(Canvas& canvas, const Record& record) {
  canvas.name(canvas.y + 13, canvas.words.plain("picture.phases"));
  bool odd = false;
  for (const PhaseRecord& phase : record.phases) {
    const Duration to = phase.to.value_or(record.length);
    if (to <= canvas.axis.from || phase.from >= canvas.axis.to) continue;
    const double left = canvas.axis.x(phase.from), right = canvas.axis.x(to);
    canvas.body += box(left, right, canvas.y, row_height, odd ? "phase odd" : "phase");
    const std::string word = canvas.words.plain("phase." + phase.name);
    if (right - left > width_of(word) + 6) {
      canvas.body += fmt::format("<text class=\"word\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n",
                                 left + 5, canvas.y + 13, html(word));
    }
    odd = !odd;
  }
  canvas.y += row_height;
  canvas.separate();
}

namespace {

// Beside the bar, where there is room, else under it; never on it nor on the lane's name.
void say_beside(Canvas& canvas, double left, double right, const std::string& said,
                const std::string& name) {
  const double room = width_of(said);
  if (right + 8 + room < Axis::right) {
    canvas.note(right + 8, canvas.y + 13, said);
  } else if (left - 8 - room > 14 + width_of(shortened(visible(name), most_of_a_name))) {
    canvas.note(left - 8, canvas.y + 13, said, "end");
  } else {
    canvas.y += 15;
    canvas.note(std::clamp(left, Axis::left, std::max(Axis::left, Axis::right - room)),
                canvas.y + 13, said);
  }
}

// Instants of one round: hatched while it was being put in place, solid while it was there.
// Returns from where to where it reaches.
std::pair<double, double> draw_round(Canvas& canvas, const FaultRecord& fault) {
  const Axis& axis = canvas.axis;
  const double y = canvas.y;
  const double commanded = axis.x(*fault.commanded);
  const double armed = axis.x(fault.armed.value_or(*fault.commanded));
  const bool lasts = fault.nature == Nature::condition && fault.failed.empty();
  const double end = lasts ? axis.x(fault.healed.value_or(axis.to)) : armed;
  if (armed > commanded) canvas.body += box(commanded, armed, y + 3, 12, "fault arming");
  if (lasts) {
    canvas.body += box(armed, end, y + 3, 12, fault.bit ? "fault" : "fault unbitten");
  }
  canvas.body += fmt::format("<path class=\"edge\" d=\"M{:.1f} {:.1f}v18\"/>\n", commanded, y);
  if (lasts && fault.healed) {
    canvas.body += fmt::format("<path class=\"edge\" d=\"M{:.1f} {:.1f}v18\"/>\n", end, y);
  }
  if (fault.bit) {
    canvas.body += fmt::format("<path class=\"bit\" d=\"M{:.1f} {:.1f}l-4.5-7h9z\"/>\n",
                               axis.x(*fault.bit), y + 9);
  }
  return {commanded, std::max(end, fault.bit ? axis.x(*fault.bit) : end)};
}

// What a lane says of its fault, once for all rounds: its kind, its target, what went wrong.
std::string said_of(const std::vector<const FaultRecord*>& rounds, const Words& words) {
  const FaultRecord& first = *rounds.front();
  std::string said = first.kind + (first.into.empty() ? "" : " → " + first.into);
  const auto add = [&](std::string_view key, auto&& wrong) {
    if (std::ranges::any_of(rounds, wrong)) said += ", " + words.plain(key);
  };
  add("picture.failed", [](const FaultRecord* round) { return !round->failed.empty(); });
  add("picture.unbitten",
      [](const FaultRecord* round) { return round->failed.empty() && !round->bit; });
  return said;
}

}  // namespace

void draw_faults(Canvas& canvas, const Record& record) {
  std::vector<std::string> order;
  for (const FaultRecord& fault : record.faults) {
    if (std::ranges::find(order, fault.id) == order.end()) order.push_back(fault.id);
  }
  for (const std::string& id : order) {
    canvas.name(canvas.y + 13, id);
    std::vector<const FaultRecord*> rounds;
    double left = Axis::right, right = Axis::left;
    for (const FaultRecord& fault : record.faults) {
      if (fault.id != id || !fault.commanded) continue;
      rounds.push_back(&fault);
      const auto [from, to] = draw_round(canvas, fault);
      left = std::min(left, from);
      right = std::max(right, to);
    }
    if (!rounds.empty()) say_beside(canvas, left, right, said_of(rounds, canvas.words), id);
    canvas.y += row_height + 4;
  }
  if (order.empty()) return;
  canvas.y -= 4;
  canvas.separate();
}

void draw_services(Canvas& canvas, const Record& record) {
  std::vector<std::string> shown;
  for (const ServiceEvent& event : record.services) {
    const bool ended = event.state == "exited" || event.state == "failed";
    if (!ended || !canvas.axis.holds(event.at)) continue;
    if (std::ranges::find(shown, event.service) == shown.end()) shown.push_back(event.service);
  }
  if (shown.empty()) return;
  for (const std::string& service : shown) {
    canvas.name(canvas.y + 13, service);
    for (const ServiceEvent& event : record.services) {
      if (event.service != service || !canvas.axis.holds(event.at)) continue;
      const double x = canvas.axis.x(event.at), y = canvas.y + 9;
      if (event.state == "exited" || event.state == "failed") {
        canvas.body +=
            fmt::format("<path class=\"gone\" d=\"M{:.1f} {:.1f}l8 8m0-8l-8 8\"/>\n", x - 4, y - 4);
      } else if (event.state == "ready") {
        canvas.body +=
            fmt::format("<circle class=\"ready\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>\n", x, y);
      }
    }
    canvas.y += row_height;
  }
  canvas.separate();
}

void draw_procedures(Canvas& canvas, const Record& record) {
  bool any = false;
  for (const ProcedureRecord& procedure : record.procedures) {
    if (!procedure.started) continue;
    any = true;
    canvas.name(canvas.y + 13, procedure.name);
    for (const StepRecord& step : procedure.steps) {
      if (!step.started) continue;
      const double left = canvas.axis.x(*step.started);
      const double right = canvas.axis.x(step.finished.value_or(canvas.axis.to));
      const bool bad = step.state == "failed";
      canvas.body += box(left, right, canvas.y + 2, 14,
                         bad           ? "step bad"
                         : step.manual ? "step manual"
                                       : "step");
      const std::string number = std::to_string(step.index + 1);
      if (right - left > 12) canvas.note(left + 4, canvas.y + 13, number);
    }
    canvas.y += row_height + 4;
  }
  if (any) canvas.separate();
}

namespace {

void draw_measure(Canvas& canvas, const Finding& finding, Duration origin, bool backwards) {
  const Words& words = canvas.words;
  const Axis& axis = canvas.axis;
  const Interval& measured = *finding.measured;
  const auto at = [&](Duration distance) {
    const Duration room = backwards ? origin - axis.from : axis.to - origin;
    const Duration within = std::min(distance, std::max<Duration>(room, 0s));
    return axis.x(backwards ? origin - within : origin + within);
  };
  const auto bar = [&](double one, double other, std::string_view classes) {
    return box(std::min(one, other), std::max(one, other), canvas.y + 4, 10, classes);
  };
  canvas.name(canvas.y + 13, finding.name);
  nlohmann::json arguments = {{"interval", interval_text(measured, words.language)}};
  if (finding.limit) arguments["limit_ns"] = finding.limit->count();
  std::string said =
      words.plain(finding.limit ? "picture.measured-limit" : "picture.measured", arguments);
  const std::string_view missed = finding.status == Status::fail ? " bad" : "";
  const double start = axis.x(origin), low = at(measured.low);
  const double high = at(measured.high.value_or(Duration::max()));
  double left = std::min(start, high), right = std::max(start, high);
  canvas.body += bar(start, low, fmt::format("measure{}", missed));
  canvas.body += bar(low, high, fmt::format("measure between{}", missed));
  canvas.body +=
      fmt::format("<path class=\"edge\" d=\"M{0:.1f} {1:.1f}v14M{2:.1f} {1:.1f}v14\"/>\n", low,
                  canvas.y + 2, high);
  if (finding.limit) {
    if (*finding.limit <= (backwards ? origin - axis.from : axis.to - origin)) {
      const double x = at(*finding.limit);
      canvas.body += fmt::format("<path class=\"limit\" d=\"M{:.1f} {:.1f}v18m-4 0h8m0-18h-8\"/>\n",
                                 x, canvas.y);
      left = std::min(left, x - 4);
      right = std::max(right, x + 4);
    } else {
      said += " " + words.plain("picture.limit-outside");
    }
  }
  say_beside(canvas, left, right, said, finding.name);
  canvas.y += row_height + 6;
}

}  // namespace

void draw_measures(Canvas& canvas, const Drill& drill) {
  std::optional<Duration> incident;
  for (const FaultRecord& fault : drill.record.faults) {
    if (fault.commanded && (!incident || *fault.commanded < *incident)) incident = fault.commanded;
  }
  for (const Finding& finding : drill.verdict.findings) {
    // A window's longest outage and a backup's age have a length, but no place on the axis.
    const bool placeless = finding.kind == "throughout" || finding.kind == "backup";
    if (!finding.measured || placeless) continue;
    const bool backwards = finding.kind == "rpo" || finding.kind == "no-loss";
    const auto origin = backwards ? incident : finding.from ? finding.from : incident;
    if (origin) draw_measure(canvas, finding, *origin, backwards);
  }
}

}  // namespace reprise
