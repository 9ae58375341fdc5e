#!/usr/bin/env bash
# usage: run-alone.sh URL     As the first process of namespaces made for it, in a system's folder:
# runs start.sh until URL answers 200, then stops it as Ctrl-C does, and waits until all of it has
# ended.
set -eu

url=$1
tries=600 # a tenth of a second apart

answers() {
  [ "$(curl --silent --max-time 5 --output /dev/null --write-out '%{http_code}' "$url")" = 200 ]
}
alone() {
  local processes=(/proc/[0-9]*)
  [ "${processes[*]}" = /proc/1 ]
}
fail() {
  echo "run-alone: $1" >&2
  ps -e -o pid,stat,args >&2
  exit 1
}

ip link set lo up
set -m # a job that hears Ctrl-C
./start.sh &
system=$!
for ((try = 0; try < tries; try++)); do
  answers && break
  kill -0 "$system" 2>/dev/null || fail "start.sh has ended"
  sleep 0.1
done
((try < tries)) || fail "$url does not answer 200"

kill -INT -- "-$system"
for ((try = 0; try < tries; try++)); do
  alone && exit 0
  sleep 0.1
done
fail "something is left"
