#!/usr/bin/env bash
# usage: backup-db.sh
# Dumps the database to backups/postgres/mientior_YYYYMMDD_HHMMSS.sql.gz and to the other region.
# Exit code 0: a checked backup is in both places. 1: it is not.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/store.sh"
[ $# = 0 ] || usage

begin_backup postgres
"$bin/pg_dump" -d "$database_url" | gzip >"$part/dump" || die "nothing was kept: the dump failed"
finish_backup dump mientior .sql.gz 30
