# Sourced by the scripts that make backups. Expects common.sh.

# Sets $part, a folder in which to write a backup of this kind.
begin_backup() { # KIND
  kind=$1
  mkdir -p "$backups/$kind" "$offsite/$kind" || die "no folder to write to"
  exec {lock}>"$backups/$kind/.lock"
  flock -n "$lock" || die "another backup of this kind is running"
  rm -rf "$backups/$kind"/.part.* "$offsite/$kind"/.part.* # left by one that was killed
  part=$(mktemp -d "$backups/$kind/.part.XXXXXX")
  trap 'rm -rf "$part"' EXIT
}

# The backup last: whoever sees it finds its checksum there.
move_into() { # FOLDER NAME TARGET
  chmod 0644 "$1/$2" "$1/$2.sha256"
  sync "$1/$2" "$1/$2.sha256"
  mv "$1/$2.sha256" "$1/$2" "$3"
  sync "$3"
}

copy_offsite() { # NAME
  local copy
  copy=$(mktemp -d "$offsite/$kind/.part.XXXXXX") &&
    cp "$backups/$kind/$1" "$backups/$kind/$1.sha256" "$copy" &&
    (cd "$copy" && sha256sum --check --status "$1.sha256") &&
    move_into "$copy" "$1" "$offsite/$kind" &&
    rmdir "$copy"
}

# Checks $part/FILE, gives it its lasting name in both places, and removes what is too old.
finish_backup() { # FILE PREFIX SUFFIX DAYS
  local name why
  name=$2_$(date -u +%Y%m%d_%H%M%S)$3
  [ ! -e "$backups/$kind/$name" ] || die "$name is there already"
  mv "$part/$1" "$part/$name"
  (cd "$part" && sha256sum "$name" >"$name.sha256")
  why=$("$system/scripts/check-backup.sh" "$part/$name") || die "nothing was kept: $why"
  move_into "$part" "$name" "$backups/$kind"
  say "kept $backups/$kind/$name"
  copy_offsite "$name" || die "$name is kept here, but there is no copy in $offsite"
  "$system/scripts/expire.sh" "$backups/$kind" "$4"
  "$system/scripts/expire.sh" "$offsite/$kind" "$4"
}
