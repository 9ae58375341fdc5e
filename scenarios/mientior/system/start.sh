#!/usr/bin/env bash
# Runs the whole marketplace on its default ports; Ctrl-C stops it.
set -eu
cd "$(dirname "$0")"
unset PORT # each part would take it for its own
[ -d app/node_modules ] || npm --prefix app ci

export DATABASE_URL=postgres://mientior@db.mientior.internal:5434/mientior
export DNS_SERVER=127.0.0.1:5300
export REDIS_URL=redis://127.0.0.1:6380
export MEDIA_URL=http://127.0.0.1:3010
export SESSION_SECRET=${SESSION_SECRET:-for-development-only}
export MAINTENANCE_FILE=$PWD/maintenance

pids=()
stop() {
  trap - EXIT
  kill -INT "${pids[0]}" 2>/dev/null || true # a fast stop for PostgreSQL, which SIGTERM is not
  kill "${pids[@]:1}" 2>/dev/null || true
  wait
}
# In the background a process ignores Ctrl-C, so only this shell hears it.
trap exit INT TERM
trap stop EXIT

database_answers() {
  "${PG_BIN:-/usr/lib/postgresql/15/bin}/pg_isready" -q -h 127.0.0.1 -p 5434 -U mientior
}
wait_until() {
  until "$@"; do
    sleep 0.1
    for pid in "${pids[@]}"; do
      kill -0 "$pid" || exit 1 # a part that has ended will never let this one answer
    done
  done
}

database/start.sh & pids+=($!)
redis/start.sh & pids+=($!)
node media/index.js & pids+=($!)
node webhook/index.js & pids+=($!)
node dns/index.js & pids+=($!)
wait_until database_answers
LOG_FILE=$PWD/logs/worker.log node worker/index.js & pids+=($!)
PORT=3000 LOG_FILE=$PWD/logs/shop.log node app/index.js & pids+=($!)
scripts/watch-archive.sh & pids+=($!)
echo "shop: http://127.0.0.1:3000/"
wait -n # one part ending ends the marketplace
