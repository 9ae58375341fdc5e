#!/usr/bin/env bash
# usage: restore-db.sh [--before ISO|incident]
# Restores the newest sound dump, or the newest before an instant, into a new database that then
# takes the place of the damaged one, which stays under another name, closed. Tells the team what is
# lost.
# Exit code 0: done. 1: it failed, and the database is as it was.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/choose.sh"
before=$(before_of "$@")
damaged=mientior_damaged_$(date -u +%Y%m%d_%H%M%S)

reopen() { sql postgres 'ALTER DATABASE mientior ALLOW_CONNECTIONS true'; }

is_there() { [ "$(sql postgres "SELECT count(*) FROM pg_database WHERE datname = '$1'")" = 1 ]; }

# Closed first: the shop would connect again between being sent away and the renaming.
move_aside() {
  sql postgres 'ALTER DATABASE mientior ALLOW_CONNECTIONS false'
  trap reopen EXIT
  sql postgres "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = 'mientior'" >/dev/null
}

take_place() {
  local renaming=("ALTER DATABASE mientior_restoring RENAME TO mientior")
  if is_there mientior; then
    move_aside
    renaming=("ALTER DATABASE mientior RENAME TO $damaged" "${renaming[@]}")
  fi
  sql postgres BEGIN "${renaming[@]}" COMMIT || die "the restored database did not take its place"
  trap - EXIT
}

sql postgres 'SELECT 1' >/dev/null || die "PostgreSQL does not answer"
choose_backup postgres "$before"

sql postgres 'DROP DATABASE IF EXISTS mientior_restoring' 'CREATE DATABASE mientior_restoring'
gunzip -c "$chosen" |
  "$bin/psql" -X -q -v ON_ERROR_STOP=1 --single-transaction \
    -d "${database_url%/*}/mientior_restoring" >/dev/null ||
  die "$chosen could not be restored"
sql mientior_restoring ANALYZE
take_place
say "restored $chosen"
loss="everything stored after $(iso_of "$(completed_at "$chosen")") is lost"
say "$loss"
"$system/scripts/notify.sh" progress "restored ${chosen##*/}$passed_over; $loss" ||
  say 'the team could not be told'
