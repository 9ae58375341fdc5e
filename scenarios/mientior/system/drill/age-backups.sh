#!/usr/bin/env bash
# usage: age-backups.sh KIND DAYS…
# For drills: puts copies of the newest backup of this kind (postgres, base, redis) beside it, here
# and in the other region, dated so many days before now. Each gets an ending of its own: copies of
# one backup under several names would be one backup.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=$1
shift
names=$(find "backups/$kind" -type f -name '[a-z]*' ! -name '*.sha256' -printf '%f\n' | sort)
newest=${names##*$'\n'}
[ -n "$newest" ] || exit 1
ending=$(mktemp -d)
trap 'rm -rf "$ending"' EXIT
for days; do
  aged=${newest%%_*}_$(date -u -d "-$days days" +%Y%m%d_%H%M%S).${newest#*.}
  : >"$ending/$aged"
  for folder in {backups,offsite}/"$kind"; do
    cp "$folder/$newest" "$folder/$aged"
    # Nothing, compressed, under another name: it unpacks to nothing. A snapshot is read to its end mark.
    gzip -c "$ending/$aged" >>"$folder/$aged"
    (cd "$folder" && sha256sum "$aged" >"$aged.sha256")
  done
done
