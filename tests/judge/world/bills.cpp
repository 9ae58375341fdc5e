#include "tests/judge/world/bills.h"

#include <algorithm>

namespace reprise::testing::world {

void Bill::forbid_pass(const std::string& why) {
  if (!no_pass) why_no_pass = why;
  no_pass = true;
}

void Bill::allow_fail(const std::string& why) {
  if (no_fail) why_no_fail = why;
  no_fail = false;
}

Want want_in(const AssertionSpec& spec) {
  const auto& expect = spec.options.at("expect");
  for (const Want want : {Want::nominal, Want::degraded, Want::status200}) {
    if (expect == expect_of(want)) return want;
  }
  return Want::degraded;
}

Duration duration_in(const AssertionSpec& spec, const char* key, Duration otherwise) {
  if (!spec.options.contains(key)) return otherwise;
  return *parse_duration(spec.options.at(key).get<std::string>());
}

namespace {

Bill bill_of(const World& world, const AssertionSpec& spec) {
  if (spec.kind == "recovery") return recovery_bill(world, spec);
  if (spec.kind == "throughout") return throughout_bill(world, spec);
  if (spec.kind == "never") return never_bill(world, spec);
  if (spec.kind == "fallback") return fallback_bill(world, spec);
  if (spec.kind == "procedure") return procedure_bill(world, spec);
  if (spec.kind == "log") return log_bill(world, spec);
  if (spec.kind == "rpo" || spec.kind == "no-loss" || spec.kind == "no-duplicates") {
    return ledger_bill(world, spec);
  }
  return consistent_bill(world, spec);
}

// The same world, had all that was hidden from the observer been in order, or down.
std::optional<World> filled(const World& world, Saw saw) {
  bool hidden = false;
  World out = world;
  for (auto& probe : out.probes) {
    for (auto& shot : probe.shots) {
      if (!shot.skipped && !shot.cut) continue;
      hidden = true;
      shot.saw = saw;
      shot.f = shot.tau = shot.i;
    }
  }
  if (!hidden) return std::nullopt;
  return out;
}

}  // namespace

std::vector<Bill> bills_of(const World& world) {
  std::vector<Bill> out;
  const auto rosy = filled(world, Saw::nominal), gloomy = filled(world, Saw::broken);
  for (const auto& spec : world.demands) {
    Bill bill = bill_of(world, spec);
    if (rosy && bill.no_pass && !bill_of(*rosy, spec).no_pass) bill.kinds.insert('d');
    if (gloomy && bill.no_fail && !bill_of(*gloomy, spec).no_fail) bill.kinds.insert('d');
    if (spec.known && bill.missed.size() > bill.missed.count(spec.known->failure)) {
      bill.kinds.insert('e');
    }
    out.push_back(bill);
  }
  out.push_back(steady_before_bill(world));
  out.push_back(steady_bill(world));
  return out;
}

}  // namespace reprise::testing::world
