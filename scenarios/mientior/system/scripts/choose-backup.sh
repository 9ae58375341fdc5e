#!/usr/bin/env bash
# usage: choose-backup.sh KIND [--before ISO|incident]
# Says which backup would be restored (KIND is postgres, base or redis), and why newer ones are not.
# Exit code 0: there is a sound one. 1: there is none.
set -euo pipefail
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/choose.sh"
[ $# -ge 1 ] || usage
before=$(before_of "${@:2}")
choose_backup "$1" "$before"
