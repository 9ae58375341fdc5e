#!/usr/bin/env bash
# usage: watch-archive.sh
# Tells the team when nothing has been archived for LATE_AFTER seconds although the database is at
# work, and when it is again: what is not archived goes with the server. Runs until it is stopped.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$system/database/cluster.sh"
[ $# = 0 ] || usage
late_after=${LATE_AFTER:-1800} # half of what may be lost
every=${LOOK_EVERY:-60}

# Seconds since 1970; 0 when there is nothing.
newest_archived() {
  find "$archive" -type f -name '0*[0-9A-F]' -printf '%T@\n' 2>/dev/null |
    awk '$1 > newest { newest = $1 } END { printf "%d\n", newest }'
}

# A message of its own in the log: a shop that sells nothing has something to archive all the same.
database_works() {
  sql mientior "SELECT pg_logical_emit_message(false, 'watch-archive', '')" >/dev/null 2>&1
}

tell() { "$system/scripts/notify.sh" "$1" "$2" || say 'the team could not be told'; }

late=
since= # when the database was found at work, after it was not
while sleep "$every"; do
  if ! database_works; then
    since=
    continue
  fi
  now=$(date +%s)
  newest=$(newest_archived)
  : "${since:=$now}"
  if ((now - (newest > since ? newest : since) <= late_after)); then
    [ -z "$late" ] || tell resolved 'the log is archived again'
    late=
  elif [ -z "$late" ]; then
    tell warning "nothing of the log has been archived for $((now - newest)) s: it would be lost"
    late=1
  fi
done
