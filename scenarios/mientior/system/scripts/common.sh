# Sourced by every script here: where things are, and what they do alike.
export LC_ALL=C # names sort by their bytes, and tools speak the language that is searched for

system=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
backups=$(realpath -m "${BACKUPS:-$system/backups}")
offsite=$(realpath -m "${OFFSITE:-$system/offsite}") # stands for another region
database_url=${DATABASE_URL:-postgres://mientior@127.0.0.1:5434/mientior}
redis_url=${REDIS_URL:-redis://127.0.0.1:6380}
bin=${PG_BIN:-/usr/lib/postgresql/15/bin}

say() { echo "$*"; }

die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

usage() {
  sed -n 's/^# usage: /usage: /p' "$0" >&2
  exit 2
}

sql() { # DATABASE STATEMENT…: one value a line, the first error ends it
  local database=$1 statement options=()
  shift
  for statement; do options+=(-c "$statement"); done
  PGOPTIONS='-c client_min_messages=warning' \
    "$bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -d "${database_url%/*}/$database" "${options[@]}"
}

# An empty text is a time of day to date(1), so the year is asked for.
seconds_of() { # ISO instant → seconds since 1970, rounded down
  [[ $1 =~ ^[0-9]{4}- ]] && date -u -d "$1" +%s 2>/dev/null && return
  echo "${0##*/}: not an instant: '$1'" >&2
  exit 2
}

iso_of() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }

# The instant in a backup's name, in UTC: when it was complete, so that all in it is older.
completed_at() { # PATH → seconds since 1970; fails when its name has none
  [[ ${1##*/} =~ _([0-9]{4})([0-9]{2})([0-9]{2})_([0-9]{2})([0-9]{2})([0-9]{2})\. ]] || return 1
  local part=("${BASH_REMATCH[@]:1}")
  date -u -d "${part[0]}-${part[1]}-${part[2]} ${part[3]}:${part[4]}:${part[5]}" +%s 2>/dev/null
}

# The backups in these folders, newest first; of two copies the one in the first folder first.
newest_first() { # FOLDER…
  find "$@" -maxdepth 1 -type f -name '[a-z]*_*.*' ! -name '*.sha256' 2>/dev/null |
    awk -F/ '{ print $NF "\t" NR "\t" $0 }' | sort -t $'\t' -k1,1r -k2,2n | cut -f3-
}
