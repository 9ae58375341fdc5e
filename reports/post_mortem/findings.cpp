// What the verdict says, for whoever writes the rest: impact, cause, what is left to do.
#include "reports/escape.h"
#include "reports/post_mortem/page.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

std::string measured_table(const Drill& drill, const Prose& words) {
  PipeTable table({words("column.assertion"), words("column.demanded"), words("column.measured"),
                   words("column.limit"), words("column.result")});
  for (const Finding& finding : drill.verdict.findings) {
    if (!finding.measured && !finding.limit) continue;
    table.row({markdown(finding.name), words.sentence(finding.statement),
               finding.measured ? markdown(interval_text(*finding.measured, words.language))
                                : words("not-measured"),
               words.duration(finding.limit), words.status(finding.status)});
  }
  return table.str();
}

std::string loss_table(const Drill& drill, const Prose& words) {
  PipeTable table({words("column.ledger"), words("column.acknowledged"), words("column.kept"),
                   words("column.lost"), words("column.reaches-back"), words("column.besides")});
  for (const LedgerFigures& figures : drill.verdict.ledgers) {
    const DataLoss& loss = figures.loss;
    if (figures.problem) {
      table.row({markdown(figures.ledger), "–", "–", "–", "–", words.sentence(*figures.problem)});
      continue;
    }
    table.row({markdown(figures.ledger), std::to_string(loss.acknowledged),
               std::to_string(loss.kept), std::to_string(loss.lost),
               markdown(interval_text(loss.rpo, words.language)),
               markdown(ledger_remarks(loss, words.language))});
  }
  return table.str();
}

bool asks_for_action(const Finding& finding) {
  return finding.status != Status::pass || finding.known || finding.unexpected_pass;
}

// A reason of the whole drill that no finding repeats.
bool is_unsaid(const Message& reason, const Verdict& verdict) {
  return std::ranges::none_of(verdict.findings, [&](const Finding& finding) {
    return finding.status == Status::inconclusive && finding.outcome.key == reason.key &&
           finding.outcome.arguments == reason.arguments;
  });
}

}  // namespace

std::string impact_part(const Drill& drill, const Prose& words) {
  const std::string tables = measured_table(drill, words) + loss_table(drill, words);
  return tables.empty() ? words("post-mortem.no-impact") + "\n\n" : tables;
}

std::string cause_part(const Drill& drill, const Prose& words) {
  std::string list;
  for (const Finding& finding : drill.verdict.findings) {
    for (const Miss& miss : misses_of(finding)) {
      list += fmt::format("- **{}** – {}.", markdown(finding.name), words.sentence(miss.outcome));
      const std::string cause = cause_sentence(drill.record, miss, words.language);
      if (!cause.empty()) list += " " + markdown(cause);
      const std::string known = known_sentence(miss.known, words.language);
      if (!known.empty()) list += " " + markdown(known);
      list += "\n";
    }
  }
  const auto add_reason = [&](const std::string& told) {
    list += fmt::format("- **{}** – {}\n", words.status(Status::inconclusive), told);
  };
  for (const Message& reason : drill.verdict.reasons) add_reason(words.sentence(reason) + ".");
  if (list.empty() && drill.verdict.status != Status::pass) {
    const std::string told = headline(drill, words.language);
    add_reason(markdown(told) + (told.ends_with('.') ? "" : "."));
  }
  return (list.empty() ? words("post-mortem.nothing-missed") + "\n" : list) + "\n";
}

std::string follow_up_part(const Drill& drill, const Prose& words) {
  PipeTable table({words("post-mortem.finding"), words("column.result"),
                   words("post-mortem.entrusted"), words("post-mortem.accepted"),
                   words("column.action"), words("post-mortem.owner"), words("post-mortem.due")});
  for (const Finding& finding : drill.verdict.findings) {
    if (!asks_for_action(finding)) continue;
    auto misses = misses_of(finding);
    if (misses.empty()) misses.push_back({{}, finding.outcome, {}, finding.known});
    for (const Miss& miss : misses) {
      const Known known = miss.known.value_or(Known{});
      std::string told = fmt::format("**{}**", markdown(finding.name));
      if (miss.known) told += " " + markdown(known.finding);
      told += " – " + (finding.unexpected_pass ? words("finding.unexpected-pass")
                                               : words.sentence(miss.outcome));
      table.row({told, words.status(finding.status), markdown(known.owner), markdown(known.until),
                 "", "", ""});
    }
  }
  for (const Message& reason : drill.verdict.reasons) {
    if (!is_unsaid(reason, drill.verdict)) continue;
    table.row({words.sentence(reason), words.status(Status::inconclusive), "", "", "", "", ""});
  }
  for (const std::string& what : drill.verdict.residue) {
    table.row({fmt::format("**{}** – {}", words("evidence.residue"), markdown(what)),
               words("clean.short-no"), "", "", "", "", ""});
  }
  return table.empty() ? words("post-mortem.no-follow-up") + "\n\n" : table.str();
}

}  // namespace reprise
