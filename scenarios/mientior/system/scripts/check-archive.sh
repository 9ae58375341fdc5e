#!/usr/bin/env bash
# usage: check-archive.sh
# Sees whether every base backup of the other region can be rolled forward: each segment of the log
# is there, from the first that the oldest of them needs to the newest.
# Exit code 0: they can. 1: they can not, and the first segment that is missing is named.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$system/database/cluster.sh"
. "$(dirname "$0")/wal.sh"
[ $# = 0 ] || usage

oldest=$(mktemp -d)
trap 'rm -rf "$oldest"' EXIT
cluster=$(sql postgres 'SELECT system_identifier FROM pg_control_system()')
unpack_oldest_base "$cluster" "$oldest" ||
  die "no base backup of this cluster is in $offsite/base"
WAL_ARCHIVE=$archive/$cluster
read_bounds "$oldest"
[ -n "$last" ] || die "there is no log in $WAL_ARCHIVE"
die_of_gap
say "whole: $((last - first + 1)) segments from $(first_segment "$oldest") on"
