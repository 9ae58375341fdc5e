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
  return consistent_bill(world, spec);
}

// The same world, had all that was hidden from the observer been in order.
std::optional<World> rosy(const World& world) {
  bool hidden = false;
  World out = world;
  for (auto& probe : out.probes) {
    for (auto& shot : probe.shots) {
      if (!shot.skipped && !shot.cut) continue;
      hidden = true;
      shot.saw = Saw::nominal;
      shot.f = shot.tau = shot.i;
    }
  }
  if (!hidden) return std::nullopt;
  return out;
}

}  // namespace

std::vector<Bill> bills_of(const World& world) {
  std::vector<Bill> out;
  const auto rose = rosy(world);
  for (const auto& spec : world.demands) {
    Bill bill = bill_of(world, spec);
    if (rose && bill.no_pass && !bill_of(*rose, spec).no_pass) bill.kinds.insert('d');
    if (spec.known && bill.missed.size() > bill.missed.count(spec.known->failure)) {
      bill.kinds.insert('e');
    }
    out.push_back(bill);
  }
  out.push_back(steady_bill(world));
  return out;
}

}  // namespace reprise::testing::world
