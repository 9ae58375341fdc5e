#!/usr/bin/env bash
# Runs the whole platform on its default ports; Ctrl-C stops it.
set -eu
cd "$(dirname "$0")"
unset PORT # each part would take it for its own
[ -d server/node_modules ] || npm --prefix server ci

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

# The server looks again only once a minute, so what it needs comes first.
answers() { curl --silent --fail --output /dev/null "http://127.0.0.1:$1/health"; }
database_answers() {
  "${PG_BIN:-/usr/lib/postgresql/15/bin}/pg_isready" -q -h 127.0.0.1 -p 5433 -U spe
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
node weather/index.js & pids+=($!)
python3 data-science/predictor.py & pids+=($!)
wait_until database_answers
wait_until answers 4002
wait_until answers 4010
node server/index.js & pids+=($!)
wait_until answers 4000
node client/index.js & pids+=($!)
echo "dashboard: http://127.0.0.1:4001/"
wait -n # one part ending ends the platform
