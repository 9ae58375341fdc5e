#!/usr/bin/env bash
# usage: expire.sh FOLDER DAYS
# Removes the backups of FOLDER whose names say that they are older than DAYS, as long as a newer
# sound one is there: the last sound backup stays, however old.
set -euo pipefail
. "$(dirname "$0")/common.sh"
[[ $# = 2 && -d $1 && $2 =~ ^[0-9]+$ ]] || usage
oldest=$(($(date -u +%s) - $2 * 86400))

sound_seen=
while read -r path; do
  completed=$(completed_at "$path") || continue
  if [ -z "$sound_seen" ]; then
    if "$system/scripts/check-backup.sh" "$path" >/dev/null; then sound_seen=1; fi
    ((completed >= oldest)) || say "kept $path: too old, but nothing newer is sound"
  elif ((completed < oldest)); then
    rm "$path"
    rm -f "$path.sha256"
    say "removed $path: older than $2 days"
  fi
done < <(newest_first "$1")
