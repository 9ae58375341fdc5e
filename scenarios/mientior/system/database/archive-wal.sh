#!/usr/bin/env bash
# usage: archive-wal.sh PATH NAME     PostgreSQL's archive_command, with WAL_ARCHIVE from start.sh
# Exit code 0 is a promise: from then on PostgreSQL may remove its own copy.
set -eu

target=$WAL_ARCHIVE/$2
if [ -e "$target" ]; then
  # After a crash PostgreSQL may hand over again what has been archived already.
  cmp -s "$1" "$target" && exit 0
  echo "archive-wal: $2 is already archived with other content" >&2
  exit 1
fi

part=$(mktemp "$WAL_ARCHIVE/.part.XXXXXX")
trap 'rm -f "$part"' EXIT
cp "$1" "$part"
chmod 0644 "$part"
sync "$part"
ln "$part" "$target" # unlike a rename it never overwrites
sync "$WAL_ARCHIVE"
