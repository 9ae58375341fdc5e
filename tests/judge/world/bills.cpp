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

// The same world, had what was hidden from the observer been otherwise.
struct Filling {
  Saw skipped, cut;
  bool line_matches;
};
constexpr Filling fillings[] = {{Saw::nominal, Saw::nominal, false},
                                {Saw::broken, Saw::wrong, true},
                                {Saw::wrong, Saw::wrong, true},
                                {Saw::fallback, Saw::fallback, false}};

bool hides_something(const World& world) {
  for (const auto& probe : world.probes) {
    for (const auto& shot : probe.shots) {
      if (shot.skipped || shot.cut) return true;
    }
  }
  return std::ranges::any_of(world.lines, &TrueLine::unsearched);
}

World filled(World world, const Filling& filling) {
  world.imagined = true;
  for (auto& probe : world.probes) {
    for (auto& shot : probe.shots) {
      if (shot.skipped) {
        shot.saw = filling.skipped;
        shot.f = shot.tau = shot.i;
      } else if (shot.cut) {
        shot.saw = filling.cut;
      }
    }
  }
  for (auto& line : world.lines) {
    if (line.unsearched()) line.matches = filling.line_matches;
  }
  return world;
}

// A pass must hold in every filling, and a miss, too.
void fill_in(Bill& bill, const Bill& other) {
  if (other.no_pass != bill.no_pass || other.no_fail != bill.no_fail) bill.kinds.insert('d');
  if (other.no_pass) bill.forbid_pass("in another filling: " + other.why_no_pass);
  if (other.no_fail && !bill.no_fail) {
    bill.no_fail = true;
    bill.why_no_fail = "in another filling: " + other.why_no_fail;
  }
}

}  // namespace

std::vector<Bill> bills_of(const World& world) {
  std::vector<Bill> out;
  std::vector<World> others;
  if (hides_something(world)) {
    for (const auto& filling : fillings) others.push_back(filled(world, filling));
  }
  for (const auto& spec : world.demands) {
    Bill bill = bill_of(world, spec);
    if (!others.empty()) bill.all_missed = false;
    for (const auto& other : others) fill_in(bill, bill_of(other, spec));
    if (spec.known && bill.missed.size() > bill.missed.count(spec.known->failure)) {
      bill.kinds.insert('e');
    }
    out.push_back(bill);
  }
  out.push_back(steady_before_bill(world));
  out.push_back(steady_bill(world));
  for (const auto& other : others) fill_in(out.back(), steady_bill(other));
  return out;
}

}  // namespace reprise::testing::world
