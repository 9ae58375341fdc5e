#!/usr/bin/env bash
# Runs the warehouse in the foreground, creating it at the first start.
# The process that runs this script becomes the postmaster: no shell stays in between.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
port=${PORT:-5434}
data=$(realpath -m "${DATA:-$here/data}")
bin=${PG_BIN:-/usr/lib/postgresql/15/bin}
fresh=$data.new

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

# Feeds SQL to a database that no one else can reach, and stops at the first error.
single_user() {
  "${as_owner[@]}" "$bin/postgres" --single -j -F -c exit_on_error=on -D "$fresh" "$1" >/dev/null
}

# Built aside and renamed when complete: an interrupted creation is started again, not reused.
create() {
  rm -rf "$fresh"
  mkdir -p "$fresh"
  give_to_owner "$fresh"
  "${as_owner[@]}" "$bin/initdb" -D "$fresh" -U dpa_admin -A trust -E UTF8 --no-locale --no-sync \
    >/dev/null
  single_user postgres <<<'CREATE DATABASE dpa;'
  single_user dpa <"$here/schema.sql"
  mv "$fresh" "$data"
}

cd / # the owner may not be allowed to look at the caller's folder
[ -e "$data/PG_VERSION" ] || create
give_to_owner "$data"

# A relative socket folder is the data folder, and cannot exceed the limit on socket paths.
# Reloading a day again and again must not fill a drill's small disk with write-ahead log.
exec "${as_owner[@]}" "$bin/postgres" -D "$data" -p "$port" -k . \
  -c listen_addresses=127.0.0.1 -c shared_buffers=16MB -c jit=off \
  -c min_wal_size=32MB -c max_wal_size=64MB
