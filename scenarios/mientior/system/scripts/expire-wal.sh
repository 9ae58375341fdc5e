#!/usr/bin/env bash
# usage: expire-wal.sh DAYS
# Removes the archived log that no base backup of the other region is replayed with, and the archive
# of another cluster when all of it is older than DAYS: its base backups are gone by then.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$system/database/cluster.sh"
. "$(dirname "$0")/wal.sh"
[[ $# = 1 && $1 =~ ^[0-9]+$ ]] || usage

oldest=$(mktemp -d)
trap 'rm -rf "$oldest"' EXIT
cluster=$(sql postgres 'SELECT system_identifier FROM pg_control_system()')

if unpack_oldest_base "$cluster" "$oldest"; then
  start=$(first_segment "$oldest")
  "$bin/pg_archivecleanup" "$archive/$cluster" "$start"
  say "kept the log from $start on"
else
  say "kept all of the log: no base backup of this cluster is in $offsite/base"
fi
for other in "$archive"/*/; do
  [ "$(basename "$other")" != "$cluster" ] || continue
  [ -z "$(find "$other" -type f -mtime "-$1" -print -quit)" ] || continue
  rm -r "$other"
  say "removed $other: older than $1 days"
done
