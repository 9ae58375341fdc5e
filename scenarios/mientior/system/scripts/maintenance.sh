#!/usr/bin/env bash
# usage: maintenance.sh on [--until ISO] | off
# Closes the shop behind a page that says when it will be back, by default after the 4 hours that
# the plan allows; or opens it again. MAINTENANCE_FILE is the one that the shop was given.
set -euo pipefail
. "$(dirname "$0")/common.sh"
file=${MAINTENANCE_FILE:-$system/maintenance}
case $#,${1-},${2-} in
  1,on,) seconds=$(($(date +%s) + 4 * 3600)) ;;
  3,on,--until) seconds=$(seconds_of "$3") ;;
  1,off,)
    rm -f "$file"
    say 'maintenance: off'
    exit
    ;;
  *) usage ;;
esac
until=$(iso_of "$seconds")
echo "$until" >"$file.part"
mv "$file.part" "$file"
say "maintenance: on, until $until"
