#!/usr/bin/env bash
# usage: backup-redis.sh
# Takes a snapshot of Redis to backups/redis/redis_YYYYMMDD_HHMMSS.rdb and to the other region.
# Exit code 0: a checked backup is in both places. 1: it is not.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/store.sh"
[ $# = 0 ] || usage

begin_backup redis
# A hung Redis would be waited for without end.
timeout 60 redis-cli -u "$redis_url" --rdb "$part/snapshot" >/dev/null 2>&1 ||
  die "nothing was kept: Redis gave no snapshot"
finish_backup snapshot redis .rdb 7
