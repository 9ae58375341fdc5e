#!/usr/bin/env bash
# usage: read-logs.sh
# Reads what the shop and the consumers have logged: both have reached the database since they last
# started, and have told of no error since they did.
# Exit code 0: so it is. 1: an error is told, or nothing of the database within 5 s.
set -euo pipefail
. "$(dirname "$0")/common.sh"
[ $# = 0 ] || usage
logs=${LOGS:-$system/logs}

# What was logged since the database was reached; fails when it was not since the last start.
since_at_work() { # PART
  awk -v part="$1" '
    $2 == "info" && $3 == part ":" && $4 == "started" { reached = 0 }
    $2 == "info" && $3 " " $4 == "database: answers" { reached = 1; text = "" }
    { text = text $0 "\n" }
    END { printf "%s", text; exit !reached }' "$logs/$1.log" 2>/dev/null
}

for part in shop worker; do
  SECONDS=0
  until since_at_work "$part" >/dev/null; do
    ((SECONDS < 5)) ||
      die "$part: nothing of the database since its last start, in $logs/$part.log"
    sleep 0.1
  done
done
sleep 1 # what fails at work fails by then
for part in shop worker; do
  errors=$(since_at_work "$part" | grep ' error ') || true
  [ -z "$errors" ] || die "$part: $(head -n 1 <<<"$errors")"
  say "$part: no error since it reached the database"
done
