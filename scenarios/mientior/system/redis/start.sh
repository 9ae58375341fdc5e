#!/usr/bin/env bash
# Runs the shop's Redis in the foreground: append-only file on, and snapshots.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
data=$(realpath -m "${REDIS_DATA:-$here/data}")
mkdir -p "$data"

# A snapshot for a backup is sent at once: there are no replicas to gather first.
exec redis-server --port "${PORT:-6380}" --bind 127.0.0.1 --dir "$data" --daemonize no \
  --appendonly yes --appendfsync everysec --save '900 1 300 100' \
  --repl-diskless-sync-delay 0
