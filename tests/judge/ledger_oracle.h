// What a ledger lost, read word for word from the definitions of data loss: quadratic, and of
// nothing that production computes.
//
// A ledger entry has a sequence number, sent s, acknowledged a, an outcome and a payload hash.
// A = acknowledged. F = surely refused. U = unknown. R = what at least two reads on fresh
// connections find after everything is healed: the last two, which agree.
// Ownership: plain values. Threads: any.
#pragma once

#include "harness/judge/judge.h"
#include "tests/judge/told_ledger.h"

namespace reprise::testing {

struct LossByDefinition {
  int readings = 0;      // whole ones
  bool settled = false;  // the last two found the same; else nothing else is told
  DataLoss loss;
};

[[nodiscard]] LossByDefinition loss_by_definition(const ToldLedger& told);

}  // namespace reprise::testing
