#!/usr/bin/env bash
# usage: restore-pitr.sh --before ISO|incident | --latest
# Replays the archived log over the newest sound base backup, to just before an instant or as far
# as the archive goes, into a new data folder that then takes the place of the one at DATA, which
# stays under another name. The database must be stopped; database/start.sh starts it again.
# Exit code 0: done. 1: the log does not reach that far, and DATA is as it was.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/choose.sh"
. "$system/database/cluster.sh"
. "$(dirname "$0")/wal.sh"
case $#,${1-} in
  2,--before)
    instant=$(instant_of "$2")
    until="just before $instant"
    before=$(seconds_of "$instant")
    # The only notation of an instant that PostgreSQL understands this early in its start.
    time=$(date -u -d "$instant" '+%Y-%m-%d %H:%M:%S.%6N+00')
    target=(-c "recovery_target_time=$time" -c recovery_target_inclusive=off
      -c recovery_target_action=promote)
    ;;
  1,--latest)
    instant=
    until='the end of the archive'
    before=$end_of_time
    target=()
    ;;
  *) usage ;;
esac
fresh=$data.new
log=$data.recovery.log

control() { "${as_owner[@]}" "$bin/pg_ctl" "$@" >/dev/null 2>&1; }

unpack() {
  control stop -m immediate -D "$fresh" || true # left running by a restore that was killed
  rm -rf "$fresh"
  mkdir "$fresh"
  tar -xzf "$chosen" -C "$fresh" --no-same-owner || die "$chosen could not be unpacked"
  chmod 0700 "$fresh"
  "$bin/pg_verifybackup" --quiet "$fresh" || die "$chosen is not what was backed up"
  touch "$fresh/recovery.signal"
  give_to_owner "$fresh"
}

# What is copied from a running server says "in production" until the recovery begins, and the
# signal goes a moment before the recovery has ended: only both together tell its end.
has_recovered() {
  [ ! -e "$fresh/recovery.signal" ] &&
    [ "$(control_value "$fresh" 'Database cluster state')" = 'in production' ]
}

# Nobody can connect meanwhile, and what is written waits to be archived until start.sh: a restore
# that fails must leave no new timeline in the archive.
recover() {
  "${as_owner[@]}" "$bin/postgres" -D "$fresh" -k . -c listen_addresses= -c hot_standby=off \
    -c shared_buffers=16MB -c timezone=UTC -c log_timezone=UTC \
    -c 'restore_command=cp "$WAL_ARCHIVE/%f" "%p"' -c archive_mode=on -c archive_command= \
    "${target[@]}" >"$log" 2>&1 {lock}>&- &
  server=$!
  trap 'kill -QUIT "$server" 2>/dev/null || true' EXIT
  until has_recovered; do
    sleep 0.2
    kill -0 "$server" 2>/dev/null || return 1
  done
  kill -INT "$server" # PostgreSQL's fast stop
  wait "$server" || die "the restored database did not stop as it should"
  trap - EXIT
}

# A damaged segment ends the replay as an absent one does, and without a target that is no error.
die_of_short_replay() {
  local end high low
  end=$(sed -n 's|.*redo done at \([0-9A-F]*/[0-9A-F]*\) .*|\1|p' "$log" | tail -n 1)
  [[ -n $end && -n $last ]] || return 0
  high=$((16#${end%/*}))
  low=$((16#${end#*/}))
  ((high * segments_a_log + low / (0x100000000 / segments_a_log) >= last)) ||
    die "the archive is damaged: the replay ended at $end, before its newest segment"
}

tell_why() {
  say "the last words of the recovery, in $log:" >&2
  grep -E 'FATAL|PANIC|invalid|incorrect|unexpected' "$log" | tail -n 3 >&2 || true
}

take_place() {
  if [ -e "$data" ]; then
    local damaged
    damaged=${data}.damaged_$(date -u +%Y%m%d_%H%M%S)
    mv "$data" "$damaged"
    say "what was there is now $damaged"
  fi
  mv "$fresh" "$data"
}

cd / # the owner may not be allowed to look at the caller's folder
mkdir -p "${data%/*}"
exec {lock}>"$data.lock"
flock -n "$lock" || die "another restore is running"
if control status -D "$data"; then die "the database is still running: stop it first"; fi
choose_backup base "$before"
unpack
find_archive "$fresh"
read_bounds "$fresh"
[ "${#target[@]}" -gt 0 ] || die_of_gap "$fresh/pg_wal"
if ! recover; then
  die_of_gap "$fresh/pg_wal"
  tell_why
  [ -n "$instant" ] || die "the recovery failed"
  die "the archived log does not reach $instant; --latest would take all there is"
fi
[ "${#target[@]}" -gt 0 ] || die_of_short_replay
rm "$log"
take_place
say "restored $chosen and the log, to $until"
