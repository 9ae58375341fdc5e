# Sourced by start.sh and the scripts that deal with the log: who runs PostgreSQL, and where its log
# is archived. Expects $system, the folder above this one.

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

control_value() { # FOLDER NAME
  "$bin/pg_controldata" "$1" | sed -n "s/^$2: *//p"
}

# Two clusters name their segments of the log alike; this tells them apart.
cluster_of() { # FOLDER
  control_value "$1" 'Database system identifier'
}

# Sets WAL_ARCHIVE, the folder for the log of the cluster in a folder.
find_archive() { # FOLDER
  export WAL_ARCHIVE
  WAL_ARCHIVE=$archive/$(cluster_of "$1")
  mkdir -p "$WAL_ARCHIVE"
  give_to_owner "$WAL_ARCHIVE"
}
