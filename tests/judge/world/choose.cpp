// Draws what is demanded of a world, with limits near the truth.
#include <algorithm>

#include "tests/judge/world/bills.h"
#include "tests/judge/world/history.h"

namespace reprise::testing::world {
namespace {

using nlohmann::json;

// A limit that is met or missed by a hair, or by far.
Duration near_one(Draw& draw, const std::vector<Duration>& values) {
  if (values.empty() || draw.dice.chance(10)) return draw.units(0, 60) + 1ns;
  const Duration value =
      values[static_cast<std::size_t>(draw.dice.between(0, static_cast<int>(values.size()) - 1))];
  const Duration off = draw.dice.one_of({Duration(0s), Duration(0s), Duration(-1ns), draw.unit / 3,
                                         -draw.unit / 3, draw.units(-3, 3)});
  return std::max(value + off, Duration(1ns));
}

class Choosing {
 public:
  Choosing(World& world, Draw& draw) : world_(world), draw_(draw), dice_(draw.dice) {}

  void recovery() {
    AssertionSpec& spec = add("recovery");
    const Want want = dice_.one_of({Want::nominal, Want::nominal, Want::degraded, Want::status200});
    spec.options["expect"] = expect_of(want);
    if (dice_.chance(12))
      spec.options["from"] = dice_.one_of({"heal", "incident"});
    else if (dice_.chance(10))
      spec.options["incident"] = any_fault();
    spec.options["within"] = "1h";
    if (dice_.chance(30)) spec.objective = "rto";
    const RecoveryOptions options = recovery_options(spec);
    const WatchedProbe& probe = world_.probes.front();
    const Recovering all = recovering(world_, probe, want, {});
    std::vector<Duration> values;
    for (const auto& spell : all.spells) {
      for (const auto& start : causes_of(world_, probe, spell, all, options).starts) {
        values.push_back(spell.i_y - start.high);
        if (!spell.f_z) continue;
        values.push_back(spell.end - start.truth);
        values.push_back(*spell.f_z - start.low);
      }
    }
    if (all.spells.empty()) values.push_back(3 * draw_.unit);
    spec.options["within"] = format_duration(near_one(draw_, values));
    const std::string late = spec.objective == "rto" ? "RtoExceeded" : "RecoveryTooLate";
    know(spec, {late, "NotRecovered"});
  }

  void throughout() {
    AssertionSpec& spec = add("throughout");
    const Want want = dice_.one_of({Want::nominal, Want::degraded, Want::status200});
    spec.options["expect"] = expect_of(want);
    if (dice_.chance(40)) spec.options["during"] = "fault";
    const WatchedProbe& probe = world_.probes.front();
    const auto looks = looks_of(probe, want, {});
    if (dice_.chance(60)) {
      const auto bad = std::ranges::count(looks, false, &Look::good);
      spec.options["allowed-failures"] = std::max<std::int64_t>(
          0, dice_.one_of<std::int64_t>({0, 0, bad, bad - 1, bad / 2, dice_.between(0, 9)}));
    }
    if (dice_.chance(60)) {
      std::vector<Duration> values;
      for (const auto& spell : spells_of(probe, want, looks, world_.sustain_of(probe), {})) {
        values.push_back(spell.f_z ? spell.end - spell.begin : spell.i_y - spell.min_f);
        if (spell.f_z && spell.i_g) values.push_back(*spell.f_z - *spell.i_g);
      }
      spec.options["longest-outage"] = format_duration(near_one(draw_, values));
    }
    know(spec, {"TooManyFailures", "OutageTooLong"});
  }

  void never() {
    AssertionSpec& spec = add("never");
    spec.options["expect"] = dice_.chance(70) ? json("down") : json{{"status", 503}};
  }

  void consistent() {
    AssertionSpec& spec = add("consistent");
    spec.options["expect"] = {{"json", {{"/violations", 0}}}};
  }

  void fallback() {
    AssertionSpec& spec = add("fallback");
    spec.options["expect"] = "degraded";
    name_incident(spec, true);
    if (dice_.chance(30)) spec.options["detect"] = format_duration(draw_.units(1, 8));
    std::vector<Duration> values{draw_.units(0, 40)};
    for (const auto& strike : world_.strikes) {
      for (const auto& shot : world_.probes.front().shots) {
        if (shot.saw != Saw::fallback || shot.f < strike.bit) continue;
        values.push_back(shot.f - strike.bit - duration_in(spec, "detect", 0s));
        if (shot.s >= strike.bit) break;
      }
    }
    spec.options["within"] = format_duration(near_one(draw_, values));
  }

  void log() {
    AssertionSpec& spec = add("log");
    spec.options = {{"service", "server"}, {"matches", "switched"}};
    if (dice_.chance(50)) spec.options["absent"] = true;
    if (dice_.chance(30)) return;
    name_incident(spec, true);
    std::vector<Duration> values;
    for (const auto& strike : world_.strikes) {
      for (const auto& line : world_.lines) {
        if (line.matches && line.at >= strike.bit) values.push_back(line.at - strike.bit);
      }
    }
    spec.options["within"] = format_duration(near_one(draw_, values));
  }

  void procedure() {
    AssertionSpec& spec = add("procedure");
    const TrueRun& run = world_.runs[static_cast<std::size_t>(
        dice_.between(0, static_cast<int>(world_.runs.size()) - 1))];
    spec.options = {{"run", run.procedure}};
    std::vector<Duration> values;
    for (const auto& one : world_.runs) values.push_back(one.finished - one.started);
    if (dice_.chance(60)) spec.options["within"] = format_duration(near_one(draw_, values));
    if (dice_.chance(20)) spec.options["allow-failed"] = true;
    know(spec, {"ProcedureFailed", "ProcedureTooSlow"});
  }

  void ledger() {
    AssertionSpec& spec = add(dice_.one_of({"rpo", "rpo", "rpo", "no-loss", "no-duplicates"}));
    spec.options = {{"ledger", "orders"}};
    if (spec.kind == "no-duplicates") return;
    if (spec.kind == "no-loss") {
      name_incident(spec, false);
      know(spec, {"DataLost", "DataCorrupted", "DataDuplicated"});
      return;
    }
    name_incident(spec, false);
    if (dice_.chance(40)) spec.options["acknowledged-after-failure"] = "allowed";
    std::vector<Duration> values{2 * draw_.unit, 5 * draw_.unit};
    for (const auto& write : world_.ledger->writes) {
      if (write.outcome != 'a' || write.copies > 0) continue;
      for (const auto& strike : world_.strikes) {
        if (strike.commanded < write.answered) continue;
        values.push_back(strike.truly - write.commit);
        values.push_back(strike.armed - write.sent);
        values.push_back(strike.armed - write.sent + draw_.unit);
      }
      if (values.size() > 12) break;
    }
    spec.options["at-most"] = format_duration(near_one(draw_, values));
    if (dice_.chance(50)) spec.objective = "rpo";
    know(spec, {"RpoExceeded", "RpoExceeded", "LostAfterFailure", "DataHoles"});
  }

 private:
  // Where a scenario has more than one fault, what counts from one names it.
  void name_incident(AssertionSpec& spec, bool rounds_too) {
    if (world_.strikes.size() == 1 && dice_.chance(70)) return;
    spec.options["incident"] = "each";
    const std::string id = any_fault();
    const auto rounds = std::ranges::count(world_.strikes, id, &Strike::id);
    if ((rounds == 1 || (rounds_too && world_.fault_ids().size() > 1)) && dice_.chance(60)) {
      spec.options["incident"] = id;
    }
  }

  AssertionSpec& add(const std::string& kind) {
    AssertionSpec spec;
    spec.kind = kind;
    spec.name = kind + "-" + std::to_string(world_.demands.size() + 1);
    spec.options = {{"probe", world_.probes.front().name}};
    world_.demands.push_back(spec);
    return world_.demands.back();
  }

  std::string any_fault() {
    const auto ids = world_.fault_ids();
    return ids[static_cast<std::size_t>(dice_.between(0, static_cast<int>(ids.size()) - 1))];
  }

  void know(AssertionSpec& spec, std::initializer_list<std::string> failures) {
    if (!dice_.chance(25)) return;
    spec.known = Known{"F-1", "operations", "2099-12-31", dice_.one_of(failures)};
  }

  World& world_;
  Draw& draw_;
  Dice& dice_;
};

}  // namespace

void draw_demands(World& world, Draw& draw) {
  Choosing choosing(world, draw);
  const bool patient = world.probes.front().patient > 0s;
  if (draw.dice.chance(75)) choosing.recovery();
  if (draw.dice.chance(60)) choosing.throughout();
  if (draw.dice.chance(30) && !patient) choosing.never();
  if (draw.dice.chance(20) && !patient) choosing.consistent();
  if (draw.dice.chance(35) && !patient) choosing.fallback();
  if (draw.dice.chance(30)) choosing.log();
  if (draw.dice.chance(70) && !world.runs.empty()) choosing.procedure();
  if (world.ledger) choosing.ledger();
  if (world.demands.empty()) choosing.throughout();
}

World draw_world(std::uint64_t seed) {
  World world;
  world.seed = seed;
  Dice dice(seed);
  const Duration unit = dice.one_of({10ms, 20ms, 50ms, 100ms});
  Draw draw{dice, unit};
  world.inject = unit * dice.between(22, 40);
  world.steady_for = unit * dice.between(3, 10);
  world.patience = unit * dice.one_of({15, 40, 100, 1000});
  if (dice.chance(80))
    world.sustained = draw.units(3, 9);
  else if (dice.chance(50))
    world.health_period = draw.units(3, 9);
  WatchedProbe page;
  page.name = "page";
  page.every = unit;
  page.timeout = unit * dice.one_of({2, 6, 12, 20, 50}) + dice.span(0s, unit);
  page.in_flight = dice.one_of({64, 64, 64, 64, 12, 20});
  if (dice.chance(10)) {
    page.timeout = std::max(page.timeout, 6 * unit);
    page.patient = dice.span(unit, page.timeout / 2);
  }
  world.probes.push_back(page);
  if (dice.chance(12)) {
    WatchedProbe calm = page;
    calm.name = "calm";
    calm.patient = 0s;
    world.probes.push_back(calm);
    if (dice.chance(70)) world.steady_probe = 1;
  }
  draw_history(world, draw);
  for (auto& probe : world.probes) draw_shots(world, probe, draw);
  const Shot& last = world.probes.front().shots.back();
  if (!world.probes.front().good(last, Want::nominal) && dice.chance(50)) {
    world.patience_over = world.end;
  } else if (dice.chance(3)) {
    world.patience_over = world.end - draw.units(0, 3);
  }
  if (dice.chance(15)) world.steady_wants = Want::degraded;
  if (dice.chance(12)) {
    world.leaves[world.probes[world.steady_probe].name] =
        dice.one_of({Level::degraded, Level::degraded, Level::down});
  }
  draw_lines(world, draw);
  if (dice.chance(50)) draw_ledger(world, draw);
  draw_demands(world, draw);
  return world;
}

}  // namespace reprise::testing::world
