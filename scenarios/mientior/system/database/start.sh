#!/usr/bin/env bash
# Runs the shop's database in the foreground, creating it at the first start.
# The process that runs this script becomes the postmaster: no shell stays in between.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
system=${here%/*}
. "$here/cluster.sh"
port=${PORT:-5434}
logs=$(realpath -m "${LOGS:-$system/logs}")
fresh=$data.new

# Feeds SQL to a database that no one else can reach, and stops at the first error.
single_user() {
  "${as_owner[@]}" "$bin/postgres" --single -j -F -c exit_on_error=on -D "$fresh" "$1" >/dev/null
}

# Built aside and renamed when complete: an interrupted creation is started again, not reused.
# Segments of 1 MiB: a drill archives one every few seconds, and each is archived at full size.
create() {
  rm -rf "$fresh"
  mkdir -p "$fresh"
  give_to_owner "$fresh"
  "${as_owner[@]}" "$bin/initdb" -D "$fresh" -U mientior -A trust -E UTF8 --no-locale --no-sync \
    --data-checksums --wal-segsize=1 >/dev/null
  # What single_user makes would be numbered like PostgreSQL's own objects, and pg_dump leaves out
  # an extension that is; 16384 is the first number for users.
  "${as_owner[@]}" "$bin/pg_resetwal" --next-oid=16384 "$fresh" >/dev/null
  single_user postgres <<<'CREATE DATABASE mientior;'
  single_user mientior <"$here/schema.sql"
  # In the file, where an operator can change it while the database runs.
  cat >>"$fresh/postgresql.conf" <<'CONF'
archive_command = 'bash "$ARCHIVE_WAL" "%p" "%f"'
CONF
  mv "$fresh" "$data"
}

cd / # the owner may not be allowed to look at the caller's folder
[ -e "$data/PG_VERSION" ] || create
give_to_owner "$data"
mkdir -p "$logs"
give_to_owner "$logs"
find_archive "$data"
export ARCHIVE_WAL=$here/archive-wal.sh

# The messages go to a file because scripts/find-incident.sh reads them. wal_keep_size: a base
# backup collects at its end the log since its beginning.
# No Unix socket: its folder would limit the length of paths.
exec "${as_owner[@]}" "$bin/postgres" -D "$data" -p "$port" -c unix_socket_directories= \
  -c listen_addresses="${LISTEN:-127.0.0.1}" -c max_connections=40 -c shared_buffers=16MB \
  -c jit=off -c timezone=UTC -c log_timezone=UTC -c log_statement=ddl \
  -c log_line_prefix='%m [%p] %d ' -c logging_collector=on -c log_directory="$logs" \
  -c log_filename=database.log -c log_file_mode=0644 -c log_rotation_age=0 -c log_rotation_size=0 \
  -c archive_mode=on -c archive_timeout="${ARCHIVE_TIMEOUT:-300}" -c wal_keep_size=64MB
