// What PostgreSQL answered, as the values that expectations look at.
//
// Pure; any thread.
#pragma once

#include <cstdint>

#include "harness/model/expectations/expectation.h"
#include "harness/observe/keeper.h"

struct pg_result;  // libpq's PGresult

namespace reprise {

// Adds one result of a statement to what is seen of it: the first row's values under `value` (its
// first column) and `row`, a refusal with its SQLSTATE. Rows arrive one a result and are counted in
// `rows`.
void take_result(const pg_result* result, const Keeper& kept, Observation& seen,
                 std::int64_t& rows);

}  // namespace reprise
