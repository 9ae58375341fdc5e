#!/usr/bin/env bash
# usage: backup-base.sh
# Copies the whole cluster to backups/base/base_YYYYMMDD_HHMMSS.tar.gz and to the other region: what
# the archived log is replayed over.
# Then the log expires that no base backup needs any more.
# Exit code 0: a checked backup is in both places. 1: it is not.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/store.sh"
[ $# = 0 ] || usage

begin_backup base
"$bin/pg_basebackup" -d "$database_url" -D - -F tar -X fetch --checkpoint=fast |
  gzip >"$part/base" ||
  die "nothing was kept: the base backup failed"
finish_backup base base .tar.gz 30
"$system/scripts/expire-wal.sh" 30
