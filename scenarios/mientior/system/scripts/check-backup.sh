#!/usr/bin/env bash
# usage: check-backup.sh FILE
# Exit code 0: FILE is a sound backup of this shop. 1: it is not, and the answer says why.
set -euo pipefail
. "$(dirname "$0")/common.sh"
[ $# = 1 ] || usage
file=$1

unsound() {
  say "$*"
  exit 1
}

# A backup can be complete and yet be of something else, or of a shop without its customers.
check_dump() {
  local problem
  problem=$(gunzip -c "$file" | awk '
    /^COPY public\.[a-z_]+ / { table = substr($2, 8); rows[table] = 0; next }
    /^\\\.$/ { table = ""; next }
    table != "" { rows[table]++; next }
    /^-- PostgreSQL database dump complete/ { complete = 1 }
    END {
      if (!complete) { print "the dump is not complete"; exit }
      count = split("users products orders order_lines", wanted, " ")
      for (i = 1; i <= count; i++)
        if (!(wanted[i] in rows)) { print "it holds nothing of the table " wanted[i]; exit }
      if (rows["users"] == 0) print "it has no users"
    }') || unsound "it cannot be read"
  [ -z "$problem" ] || unsound "$problem"
}

check_base() {
  local wanted
  wanted=$(tar -tzf "$file" 2>/dev/null |
    grep -cxE '(\./)?(backup_label|backup_manifest|global/pg_control)') || true
  [ "$wanted" = 3 ] || unsound "not a base backup"
}

check_snapshot() {
  redis-check-rdb "$file" >/dev/null 2>&1 || unsound "not a sound Redis snapshot"
}

[ -s "$file" ] || unsound "it is empty or absent"
[ -e "$file.sha256" ] || unsound "it has no checksum beside it"
# The name in the checksum's file is not trusted: what matters is the content of this one.
[ "$(cut -d' ' -f1 "$file.sha256")" = "$(sha256sum <"$file" | cut -d' ' -f1)" ] ||
  unsound "its content does not match its checksum"
case $file in
  *.gz) gzip -t "$file" 2>/dev/null || unsound "its compression is damaged" ;;
esac
case ${file##*/} in
  mientior_*.sql.gz) check_dump ;;
  base_*.tar.gz) check_base ;;
  redis_*.rdb) check_snapshot ;;
  *) unsound "its name is not that of a backup" ;;
esac
