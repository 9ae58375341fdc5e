#!/usr/bin/env bash
# usage: age-archive.sh DAYS
# For drills: puts a segment that comes before all others into the archive of the log, dated so many
# days before now.
set -euo pipefail
cd "$(dirname "$0")/../offsite/wal"

oldest=$(find . -type f -name '0*[0-9A-F]' | sort | head -n 1)
[ -n "$oldest" ] || exit 1
aged=${oldest%/*}/000000010000000000000000 # PostgreSQL begins with 1
cp "$oldest" "$aged"
touch -d "-$1 days" "$aged"
