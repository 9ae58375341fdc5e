#include "tests/judge/definition/drill.h"

#include <algorithm>
#include <set>
#include <stdexcept>

namespace reprise::testing::definition {

Ms SmallDrill::end() const {
  Ms last = verify;
  for (const SmallProbe* probe : {&page, rules ? &*rules : &page}) {
    for (const SmallSample& one : probe->samples) last = std::max(last, one.f);
  }
  if (procedure) last = std::max(last, procedure->finished);
  for (const SmallEntry& entry : ledger) last = std::max(last, entry.a);
  return last + 1;
}

bool SmallDrill::several_ids() const {
  std::set<std::string> ids;
  for (const SmallRound& round : rounds) ids.insert(round.id);
  return ids.size() > 1;
}

Ms SmallDrill::w(const Ask& ask) const {
  if (ask.sustained) return *ask.sustained;
  if (sustained) return *sustained;
  return std::max(20 * probe_of(ask, *this).every, 3 * health_period);
}

const SmallProbe& probe_of(const Ask& ask, const SmallDrill& drill) {
  return ask.kind == "consistent" ? *drill.rules : drill.page;
}

const char* name_of(Saw saw) {
  switch (saw) {
    case Saw::nominal: return "nominal";
    case Saw::degraded: return "degraded";
    case Saw::broken: return "503";
    case Saw::refused: return "refused";
    case Saw::timeout: return "timeout";
    case Saw::reset: return "reset";
    case Saw::cut: return "200, text cut";
    case Saw::skipped: return "skipped";
    case Saw::kept: return "violations 0";
    case Saw::violated: return "violations 3";
    case Saw::hidden: return "violations cut";
  }
  return "?";
}

const char* name_of(Want want) {
  switch (want) {
    case Want::nominal: return "nominal";
    case Want::degraded: return "degraded";
    case Want::ok: return "{status: 200}";
    case Want::sound: return "{text contains sound}";
    case Want::quick: return "{status: 200, latency < 20ms}";
    case Want::exactly_degraded: return "degraded, exactly";
    case Want::exactly_down: return "down";
    case Want::sorry: return "{status: 503}";
    case Want::lawful: return "{/violations: 0}";
  }
  return "?";
}

nlohmann::json written(Want want) {
  switch (want) {
    case Want::nominal: return "nominal";
    case Want::degraded:
    case Want::exactly_degraded: return "degraded";
    case Want::ok: return {{"status", 200}};
    case Want::sound: return {{"text", {{"contains", "sound"}}}};
    case Want::quick: return {{"status", 200}, {"latency", {{"<", "20ms"}}}};
    case Want::exactly_down: return "down";
    case Want::sorry: return {{"status", 503}};
    case Want::lawful: return {{"json", {{"/violations", 0}}}};
  }
  throw std::logic_error("no such demand");
}

namespace {

Truth truth_if(bool holds) { return holds ? Truth::holds : Truth::fails; }

bool well_answered(Saw saw) {
  return saw == Saw::nominal || saw == Saw::degraded || saw == Saw::cut || saw == Saw::kept ||
         saw == Saw::violated || saw == Saw::hidden;
}

}  // namespace

Truth told(Want want, const SmallSample& sample) {
  const Saw saw = sample.saw;
  if (saw == Saw::skipped) return Truth::unknown;
  const bool looks_at_text = want != Want::ok && want != Want::quick && want != Want::sorry;
  if (saw == Saw::cut && looks_at_text) return Truth::unknown;
  switch (want) {
    case Want::nominal:
    case Want::sound: return truth_if(saw == Saw::nominal);
    case Want::degraded: return truth_if(saw == Saw::nominal || saw == Saw::degraded);
    case Want::exactly_degraded: return truth_if(saw == Saw::degraded);
    case Want::exactly_down: return truth_if(saw != Saw::nominal && saw != Saw::degraded);
    case Want::ok: return truth_if(well_answered(saw));
    case Want::quick: return truth_if(well_answered(saw) && sample.f - sample.i < quick_below);
    case Want::sorry: return truth_if(saw == Saw::broken);
    case Want::lawful: break;
  }
  if (saw == Saw::hidden) return Truth::unknown;
  return truth_if(saw != Saw::violated);  // whatever does not tell of it breaks nothing
}

}  // namespace reprise::testing::definition
