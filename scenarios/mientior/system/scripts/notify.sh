#!/usr/bin/env bash
# usage: notify.sh KIND MESSAGE
# Posts an internal notice to WEBHOOK_URL. KIND is for who sorts them: incident, progress, end;
# warning, resolved.
# Exit code 0: received. 1: not.
set -euo pipefail
. "$(dirname "$0")/common.sh"
[ $# = 2 ] || usage
url=${WEBHOOK_URL:-http://127.0.0.1:3020/notices}

node -e '
  const [kind, message] = process.argv.slice(1);
  console.log(JSON.stringify({ plan: "mientior", kind, message, at: new Date().toISOString() }));
' "$1" "$2" |
  curl --silent --show-error --fail --max-time 5 --output /dev/null \
    --header 'content-type: application/json' --data-binary @- "$url" ||
  die "the notice was not received"
say "notice sent: $1"
