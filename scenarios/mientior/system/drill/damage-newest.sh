#!/usr/bin/env bash
# For drills: cuts the newest dump in half, here and in the other region. Its checksum stays.
set -euo pipefail
cd "$(dirname "$0")/.."

newest=$(find backups/postgres -name '*.sql.gz' -printf '%f\n' | sort | tail -n 1)
[ -n "$newest" ] || exit 1
for copy in {backups,offsite}/postgres/"$newest"; do
  truncate -s $(($(stat -c %s "$copy") / 2)) "$copy"
done
echo "cut in half: $newest"
