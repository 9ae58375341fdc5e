#!/usr/bin/env bash
# usage: age-backups.sh KIND DAYS…
# For drills: puts copies of the newest backup of this kind (postgres, base, redis) beside it, here
# and in the other region, dated so many days before now.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=$1
shift
names=$(find "backups/$kind" -type f -name '[a-z]*' ! -name '*.sha256' -printf '%f\n' | sort)
newest=${names##*$'\n'}
[ -n "$newest" ] || exit 1
for days; do
  aged=${newest%%_*}_$(date -u -d "-$days days" +%Y%m%d_%H%M%S).${newest#*.}
  for folder in {backups,offsite}/"$kind"; do
    cp "$folder/$newest" "$folder/$aged"
    sed "s/$newest/$aged/" "$folder/$newest.sha256" >"$folder/$aged.sha256"
  done
done
