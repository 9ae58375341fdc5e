// The ledgers of a drill: what was written, kept and lost, as a table and as lanes of the picture.
#include "reports/escape.h"
#include "reports/html/lanes.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

constexpr double ledger_bar = 11, ledger_step = 14, least_mark = 1.6, least_run = 0.6;

}  // namespace

std::string ledgers_table(const Drill& drill, const Words& words) {
  Table table(words("table.ledgers"), "cards ledgers",
              {{words("column.ledger")},
               {words("column.acknowledged"), true},
               {words("column.kept"), true},
               {words("column.lost"), true},
               {words("column.reaches-back"), true},
               {words("column.besides")}});
  for (const LedgerFigures& figures : drill.verdict.ledgers) {
    if (figures.problem) {
      table.row({html(figures.ledger), "–", "–", "–", "–", words.sentence(*figures.problem)});
      continue;
    }
    const DataLoss& loss = figures.loss;
    table.row({html(figures.ledger), std::to_string(loss.acknowledged), std::to_string(loss.kept),
               std::to_string(loss.lost), words.typeset(interval_text(loss.rpo, words.language)),
               words.typeset(ledger_remarks(loss, words.language))});
  }
  if (table.empty()) return {};
  return table.str() + fmt::format("<p class=\"why\">{}</p>\n", words("ledger.power-loss"));
}

// Runs of kept entries, every lost one, the time between the oldest and the newest of these, and
// every one of unknown outcome.
void draw_ledger(Canvas& canvas, const std::string& name, const LedgerRecord& ledger) {
  canvas.name(canvas.y + 9.5, name);
  Bars kept(canvas.y, ledger_bar), lost(canvas.y + ledger_step, ledger_bar);
  Bars unknown(canvas.y + 2 * ledger_step, ledger_bar);
  std::optional<double> since, lost_since;
  double last = 0, lost_last = 0;
  for (const LedgerEntry& entry : ledger.entries) {
    if (!canvas.axis.holds(entry.sent)) continue;
    const double x = canvas.axis.x(entry.sent);
    if (entry.outcome == WriteOutcome::unknown) unknown.add(x, x, least_mark);
    if (entry.acknowledged() && !entry.kept()) {
      lost.add(x, x, least_mark);
      if (!lost_since) lost_since = x;
      lost_last = x;
    }
    if (entry.kept()) {
      if (!since) since = x;
      last = x;
    } else if (since) {
      kept.add(*since, last, least_run);
      since.reset();
    }
  }
  if (since) kept.add(*since, last, least_run);
  const int rows = unknown.empty() ? 2 : 3;
  if (lost_since) {
    canvas.body += fmt::format(
        "<path class=\"broken\" d=\"M{:.1f} {:.1f}H{:.1f}v{:.1f}H{:.1f}z\"/>", *lost_since,
        canvas.y, lost_last, rows * ledger_step - (ledger_step - ledger_bar), *lost_since);
  }
  canvas.small(canvas.y + 9.5, canvas.words.plain("picture.kept"));
  canvas.small(canvas.y + ledger_step + 9.5, canvas.words.plain("picture.lost"));
  canvas.body += kept.str("nominal") + lost.str("down");
  if (!unknown.empty()) {
    canvas.small(canvas.y + 2 * ledger_step + 9.5, canvas.words.plain("picture.unknown"));
    canvas.body += unknown.str("unknown");
  }
  canvas.y += rows * ledger_step;
  canvas.separate();
}

}  // namespace reprise
