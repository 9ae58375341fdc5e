'use strict';

/** The few words that name a failure in logs and answers: "ECONNREFUSED", "HTTP 500". */
function reasonOf(error) {
  // PostgreSQL's codes are numbers, its messages say more.
  const fromDatabase = error.severity !== undefined;
  return fromDatabase ? error.message : error.code || error.message;
}

module.exports = { reasonOf };
