#!/usr/bin/env bash
# Runs the whole system on its default ports, with a night every minute; Ctrl-C stops it.
set -eu
cd "$(dirname "$0")"
unset PORT # each part would take it for its own

pids=()
stop() {
  trap - EXIT
  kill "${pids[@]:1}" 2>/dev/null || true
  kill -INT "${pids[0]}" 2>/dev/null || true # a fast stop for PostgreSQL, which SIGTERM is not
  wait
}
trap exit INT TERM
trap stop EXIT

database_answers() {
  "${PG_BIN:-/usr/lib/postgresql/15/bin}/pg_isready" -q -h 127.0.0.1 -p 5434 -d dpa -U dpa_reader
}

export FREIGHT_API_URL=http://127.0.0.1:4110
export ALERT_URL=http://127.0.0.1:4111/alerts
export INPUT_DIR=$PWD/input LOG_DIR=$PWD/logs
export PERIOD_MS=60000 PERIOD_OFFSET_MS=0 ABSENT_AFTER_MS=60000 HUNG_AFTER_MS=45000
export LOOK_EVERY_MS=5000
warehouse=127.0.0.1:5434/dpa

database/start.sh & pids+=($!)
bin/python freight/freight_api.py & pids+=($!)
bin/python alerts/alert_receiver.py & pids+=($!)
until database_answers; do
  sleep 0.1
  for pid in "${pids[@]}"; do
    kill -0 "$pid" || exit 1 # a part that has ended will never let the others begin
  done
done
WAREHOUSE_URL=postgresql://dpa_reader@$warehouse bin/python api/warehouse_api.py & pids+=($!)
WAREHOUSE_URL=postgresql://dpa_reader@$warehouse bin/python src/watch.py & pids+=($!)
WAREHOUSE_URL=postgresql://dpa_etl@$warehouse bin/python src/scheduler.py & pids+=($!)
echo "warehouse: http://127.0.0.1:4101/facts; the next night is at the next full minute"
wait -n # one part ending ends the system
