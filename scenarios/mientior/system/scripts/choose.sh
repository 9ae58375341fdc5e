# Sourced by the scripts that restore backups. Expects common.sh.

end_of_time=253402300799 # the last second of year 9999

# Sets $chosen to the newest sound backup that was complete before an instant, here or in the
# other region, and says of every newer one why it is passed over; $passed_over names the unsound.
choose_backup() { # KIND SECONDS
  local path completed why
  passed_over=
  while read -r path; do
    completed=$(completed_at "$path") || continue
    if ((completed >= $2)); then
      say "skipped $path: not complete before $(iso_of "$2")"
    elif why=$("$system/scripts/check-backup.sh" "$path"); then
      chosen=$path
      say "chosen $path: complete at $(iso_of "$completed")"
      [ "$2" = "$end_of_time" ] || say "it is $(($2 - completed)) s older than the instant"
      return
    else
      say "skipped $path: $why"
      passed_over+=", passed over ${path##*/}: $why"
    fi
  done < <(newest_first "$backups/$1" "$offsite/$1")
  die "no sound backup to restore in $backups/$1 or $offsite/$1"
}

# "incident" stands for the instant that the log tells: whoever runs these scripts one by one, a
# drill for example, then has nothing to hand from one to the next.
instant_of() { # ISO | incident
  if [ "$1" = incident ]; then
    "$system/scripts/find-incident.sh"
  else
    echo "$1"
  fi
}

# The value of the only option, --before, as seconds.
before_of() { # ARGUMENT…
  local instant
  case $#,${1-} in
    0,) echo "$end_of_time" ;;
    2,--before)
      instant=$(instant_of "$2") || exit
      seconds_of "$instant"
      ;;
    *) usage ;;
  esac
}
