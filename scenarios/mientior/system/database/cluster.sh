# Sourced by start.sh and scripts/restore-pitr.sh: who runs PostgreSQL, and where its
# log is archived. Expects $system, the folder above this one.

bin=${PG_BIN:-/usr/lib/postgresql/15/bin}
data=$(realpath -m "${DATA:-$system/database/data}")
# In the other region with the backups: an archive beside the database would be lost with it.
archive=$(realpath -m "${ARCHIVE:-${OFFSITE:-$system/offsite}/wal}")

# PostgreSQL refuses to run as root.
owner=
as_owner=()
if [ "$(id -u)" = 0 ]; then
  owner=postgres
  id "$owner" >/dev/null 2>&1 || owner=nobody
  group=$(id -g "$owner")
  as_owner=(setpriv --reuid="$owner" --regid="$group" --clear-groups)
  if ! "${as_owner[@]}" true 2>/dev/null; then
    # A sandbox that knows no user but root: the same process under another name, the same files.
    as_owner=(unshare --user --map-user="$(id -u "$owner")" --map-group="$group")
    owner=
  fi
fi

give_to_owner() {
  [ -z "$owner" ] || chown -R "$owner:" "$1"
}

# Sets WAL_ARCHIVE, the folder for the log of the cluster in $1. Two clusters name their segments
# alike, so each has one of its own.
find_archive() {
  local identifier
  identifier=$("$bin/pg_controldata" "$1" | sed -n 's/^Database system identifier: *//p')
  export WAL_ARCHIVE=$archive/$identifier
  mkdir -p "$WAL_ARCHIVE"
  give_to_owner "$WAL_ARCHIVE"
}
