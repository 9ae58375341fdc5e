#!/usr/bin/env bash
# usage: database.sh ADDRESS
# For drills: runs the database at the address of its server, which new-server.sh changes, and at
# ADDRESS, where operators find it whatever the DNS says.
set -eu
cd "$(dirname "$0")/.."

server=127.0.0.1
[ ! -e drill/server ] || server=$(cat drill/server)
LISTEN=$1,$server exec bash database/start.sh
