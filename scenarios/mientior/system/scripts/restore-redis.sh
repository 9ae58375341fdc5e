#!/usr/bin/env bash
# usage: restore-redis.sh [--before ISO|incident]
# Puts the newest sound snapshot, or the newest before an instant, in the place of the data folder
# at REDIS_DATA, which stays under another name. Redis must be stopped; redis/start.sh starts it.
# Exit code 0: done. 1: it failed, and the folder is as it was.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/choose.sh"
before=$(before_of "$@")
data=$(realpath -m "${REDIS_DATA:-$system/redis/data}")
fresh=$data.new

if timeout 2 redis-cli -u "$redis_url" ping >/dev/null 2>&1; then
  die 'Redis is still running: stop it first'
fi
choose_backup redis "$before"

# With its append-only file on, Redis starts empty over a bare snapshot: it reads the files that
# the manifest names, and the first of those may be a snapshot.
rm -rf "$fresh"
mkdir -p "$fresh/appendonlydir"
cp "$chosen" "$fresh/appendonlydir/appendonly.aof.1.base.rdb"
echo 'file appendonly.aof.1.base.rdb seq 1 type b' >"$fresh/appendonlydir/appendonly.aof.manifest"

if [ -e "$data" ]; then
  damaged=${data}.damaged_$(date -u +%Y%m%d_%H%M%S)
  mv "$data" "$damaged"
  say "what was there is now $damaged"
fi
mv "$fresh" "$data"
say "restored $chosen"
