#!/usr/bin/env bash
# usage: damage-newest.sh damaged|empty
# For drills: cuts the newest of two dumps in half or to nothing, here and in the other region. Its
# checksum stays.
set -euo pipefail
cd "$(dirname "$0")/.."

dumps=$(find backups/postgres -name '*.sql.gz' -printf '%f\n' | sort)
[ "$(wc -l <<<"$dumps")" = 2 ] || exit 1 # else there would be no other to take
newest=${dumps##*$'\n'}
case $1 in
  damaged) parts=2 ;;
  empty) parts= ;;
esac
for copy in {backups,offsite}/postgres/"$newest"; do
  truncate -s "$((${parts:+$(stat -c %s "$copy") / $parts}))" "$copy"
done
echo "$1: $newest"
