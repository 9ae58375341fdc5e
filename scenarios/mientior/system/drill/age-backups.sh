#!/usr/bin/env bash
# usage: age-backups.sh DAYS…
# For drills: puts copies of the newest dump beside it, here and in the other region, dated so many
# days before now.
set -euo pipefail
cd "$(dirname "$0")/.."

newest=$(find backups/postgres -name '*.sql.gz' -printf '%f\n' | sort | tail -n 1)
[ -n "$newest" ] || exit 1
for days; do
  aged=mientior_$(date -u -d "-$days days" +%Y%m%d_%H%M%S).sql.gz
  for folder in {backups,offsite}/postgres; do
    cp "$folder/$newest" "$folder/$aged"
    sed "s/$newest/$aged/" "$folder/$newest.sha256" >"$folder/$aged.sha256"
  done
done
