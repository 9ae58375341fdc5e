# Sourced by the scripts that replay, check and expire the archived log. Expects common.sh and
# database/cluster.sh.

# The segment with which the log of a base backup begins.
first_segment() { # FOLDER
  sed -n 's/^START WAL LOCATION:.*(file \(.*\))$/\1/p' "$1/backup_label"
}

# Unpacks what the oldest base backup of a cluster says of itself; fails when there is none.
unpack_oldest_base() { # CLUSTER FOLDER
  local path
  while read -r path; do
    tar -xzf "$path" -C "$2" backup_label global/pg_control 2>/dev/null || continue
    [ "$(cluster_of "$2")" != "$1" ] || return 0
  done < <(newest_first "$offsite/base" | tac)
  return 1
}

# A segment's name: 8 digits of timeline, 8 of log file, 8 of segment within it.
number_of() { # NAME
  echo $((16#${1:8:8} * segments_a_log + 16#${1:16:8}))
}

# Sets $first and $last, the numbers of the segments between which $WAL_ARCHIVE must be whole for
# the base backup in a folder.
read_bounds() { # FOLDER
  local names timeline newest
  segments_a_log=$((0x100000000 / $(control_value "$1" 'Bytes per WAL segment')))
  first=$(number_of "$(first_segment "$1")")
  names=$(find "$WAL_ARCHIVE" -type f -printf '%f\n' |
    grep -xE '[0-9A-F]{8}([0-9A-F]{16}|\.history)' | sort) || true
  # Segments of an older timeline may go further: those are what a recovery has left behind.
  timeline=$(tail -n 1 <<<"$names" | cut -c 1-8)
  newest=$(grep -xE "${timeline}[0-9A-F]{16}" <<<"$names" | tail -n 1) || true
  last=$([ -z "$newest" ] || number_of "$newest")
}

# Ends with the first segment, if any, that is in no timeline of the archive nor in these folders.
die_of_gap() { # [FOLDER…]
  local number name folder
  for ((number = first; number <= ${last:-0}; number++)); do
    printf -v name '????????%08X%08X' $((number / segments_a_log)) $((number % segments_a_log))
    for folder in "$WAL_ARCHIVE" "$@"; do
      compgen -G "$folder/$name" >/dev/null && continue 2
    done
    die "gap in the archive: segment ${name#????????} is missing, later ones are there"
  done
}
