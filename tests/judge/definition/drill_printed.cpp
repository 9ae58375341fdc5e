// A drill as a table: samples on the left, what happened between them where it happened.
#include <algorithm>

#include <fmt/format.h>

#include "tests/judge/definition/drill.h"

namespace reprise::testing::definition {
namespace {

std::string or_none(std::optional<Ms> at) { return at ? std::to_string(*at) : "-"; }

std::string rounds_printed(const SmallDrill& drill) {
  std::string out;
  for (const SmallRound& one : drill.rounds) {
    out += fmt::format("  {} round {} ({}): cmd {} armed {} bit {}", one.id, one.round,
                       one.event ? "event" : "condition", one.cmd, one.armed, one.bit);
    if (!one.event) {
      out += fmt::format("  healing {} healed {}", or_none(one.healing), or_none(one.healed));
    }
    out += '\n';
  }
  return out;
}

std::string procedure_printed(const SmallProcedure& run) {
  std::string out =
      fmt::format("  procedure{}: started {} finished {}\n",
                  run.after.empty() ? "" : " after " + run.after, run.started, run.finished);
  for (const SmallStep& step : run.steps) {
    out += fmt::format("    {} {}..{}\n", step.wait ? "wait" : "step", step.started, step.finished);
  }
  return out;
}

// What lies in (from, to], so that a reader sees it between two samples.
std::string between(const SmallDrill& drill, Ms from, Ms to) {
  std::vector<std::pair<Ms, std::string>> all{
      {drill.heal, "heal phase"}, {drill.recover, "recover phase"}, {drill.verify, "verify phase"}};
  for (const SmallRound& one : drill.rounds) {
    all.emplace_back(one.cmd, "cmd " + one.id);
    all.emplace_back(one.armed, "armed " + one.id);
    if (one.healing) all.emplace_back(*one.healing, "healing " + one.id);
    if (one.healed) all.emplace_back(*one.healed, "healed " + one.id);
  }
  if (drill.procedure) {
    for (const SmallStep& step : drill.procedure->steps) {
      all.emplace_back(step.started, step.wait ? "wait begins" : "step begins");
      all.emplace_back(step.finished, step.wait ? "wait ends" : "step ends");
    }
  }
  if (drill.patience_over) all.emplace_back(*drill.patience_over, "patience over");
  std::ranges::stable_sort(all, {}, &std::pair<Ms, std::string>::first);
  std::string out;
  for (const auto& [at, what] : all) {
    if (at > from && at <= to) out += fmt::format("  {}@{}", what, at);
  }
  return out;
}

std::string samples_printed(const SmallProbe& probe, const SmallDrill& drill) {
  std::string out =
      fmt::format("  probe {} every {} timeout {}\n", probe.name, probe.every, probe.timeout);
  Ms before = -1;
  for (const SmallSample& one : probe.samples) {
    // Beside a ledger, samples matter for the steady state only.
    if (!drill.ledger.empty() && one.i < drill.first_cmd() - 40) continue;
    if (const auto news = between(drill, before, one.i); !news.empty()) {
      out += fmt::format("      {}\n", news);
    }
    const std::string late = one.s != one.i ? fmt::format(" (sent {})", one.s) : "";
    out += fmt::format("    {:>4} .. {:>4}  {}{}\n", one.i, one.f, name_of(one.saw), late);
    before = one.i;
  }
  if (const auto news = between(drill, before, 1 << 30); !news.empty()) {
    out += fmt::format("      {}\n", news);
  }
  return out;
}

std::string ledger_printed(const SmallDrill& drill) {
  std::string out = fmt::format("  ledger ({} strays); *: lost\n", drill.strays);
  for (const SmallEntry& one : drill.ledger) {
    const bool acknowledged = one.outcome == WriteOutcome::acknowledged;
    const char* outcome = acknowledged                           ? "acked"
                          : one.outcome == WriteOutcome::refused ? "refused"
                                                                 : "unknown";
    out +=
        fmt::format("    {:>4} .. {:>4} {} copies {}{}{}\n", one.s, one.a, outcome, one.copies,
                    one.corrupted ? " corrupted" : "", acknowledged && one.copies == 0 ? " *" : "");
  }
  return out;
}

}  // namespace

std::string printed(const SmallDrill& drill) {
  std::string out = fmt::format(
      "seed {}  W {}  health-period {}  {}  patience {} (over at {})\n"
      "  phases: inject {} heal {} recover {} verify {}\n  steady: {} for {}{}\n",
      drill.seed, drill.sustained ? std::to_string(*drill.sustained) : "by default",
      drill.health_period, drill.outcome, drill.patience, or_none(drill.patience_over),
      drill.inject, drill.heal, drill.recover, drill.verify, name_of(drill.steady),
      drill.steady_for, drill.leaves ? std::string(", leaves ") + name_of(*drill.leaves) : "");
  out += rounds_printed(drill);
  if (drill.procedure) out += procedure_printed(*drill.procedure);
  out += samples_printed(drill.page, drill);
  if (drill.rules) out += samples_printed(*drill.rules, drill);
  if (!drill.ledger.empty()) out += ledger_printed(drill);
  return out;
}

std::string printed(const Ask& ask) {
  std::string out = fmt::format("{} {} limit {}", ask.kind, name_of(ask.want), ask.limit);
  if (ask.sustained) out += fmt::format(" sustained {}", *ask.sustained);
  if (ask.longest) out += fmt::format(" longest-outage {}", *ask.longest);
  if (ask.allowed) out += fmt::format(" allowed-failures {}", *ask.allowed);
  if (!ask.from.empty()) out += " from: " + ask.from;
  if (!ask.incident.empty()) out += " incident: " + ask.incident;
  if (!ask.during.empty()) out += " during: " + ask.during;
  if (ask.detect != 0) out += fmt::format(" detect {}", ask.detect);
  if (ask.after_allowed) out += " acknowledged-after-failure: allowed";
  return out;
}

}  // namespace reprise::testing::definition
