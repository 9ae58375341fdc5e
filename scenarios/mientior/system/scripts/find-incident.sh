#!/usr/bin/env bash
# usage: find-incident.sh [--after ISO] [LOG]
# Prints the instant at which data was first destroyed or found damaged, by the log of the database
# (or LOG, which may be the shop's), and on standard error the line that says so.
# Exit code 0: found. 1: there is no such line.
set -euo pipefail
. "$(dirname "$0")/common.sh"
after=0000
if [ "${1-}" = --after ]; then
  [ $# -ge 2 ] || usage
  seconds_of "$2" >/dev/null
  after=$(date -u -d "$2" +%Y-%m-%dT%H:%M:%S.%3NZ)
  shift 2
fi
[ $# -le 1 ] || usage
log=${1:-${LOGS:-$system/logs}/database.log}
[ -r "$log" ] || die "no log to read at $log"

# Destruction by a statement, by a trigger's word, of the whole database; then damage met by a
# reader. Other databases of the cluster, such as one being restored, are not the shop's.
patterns='\] mientior LOG:  ((statement|execute [^:]*):.*drop +(table|schema|owned)|destructive:)
\] [a-z_]* LOG:  (statement|execute [^:]*):.*drop +database.*[^a-z_]mientior([^a-z_]|$)
\] mientior .*(invalid page in block|page verification failed|could not read block)
\] mientior .*could not open file
\] mientior ERROR:  relation "(users|products|carts|orders|order_lines)" does not exist
^[^ ]+ error .*(invalid page in block|could not read block|could not open file)
^[^ ]+ error .*relation "(users|products|carts|orders|order_lines)" does not exist'

# Both logs begin a line with its instant, the database with "2026-01-31 14:00:00.000 UTC".
line=$(grep -aEi "$patterns" "$log" |
  sed -E 's/^([0-9-]{10}) ([0-9:.]{12}) UTC/\1T\2Z/' |
  awk -v after="$after" '$1 > after { print; exit }') || true
[ -n "$line" ] || die 'no trace of an incident'
say "$line" >&2
say "${line%% *}"
