#!/usr/bin/env bash
# usage: dns-switch.sh NAME ADDRESS [PORT]
# Makes NAME lead to ADDRESS in the zone file, and with PORT also says at which port its database
# listens. With DNS_SERVER it then asks that server whether this is what it answers.
# Exit code 0: switched. 1: not.
set -euo pipefail
. "$(dirname "$0")/common.sh"
[[ $# = 2 || $# = 3 ]] || usage
name=$1 address=$2 port=${3-}
zone=${ZONE_FILE:-$system/dns/zone}
seconds=5

grep -qE "^${name}[[:space:]]+[0-9]+[[:space:]]+A[[:space:]]" "$zone" || die "$zone has no $name"
part=$(mktemp "$zone.XXXXXX")
trap 'rm -f "$part"' EXIT
awk -v name="$name" '$1 != name && $1 != "_postgresql._tcp." name' "$zone" >"$part"
printf '%s %s A %s\n' "$name" "$seconds" "$address" >>"$part"
[ -z "$port" ] ||
  printf '_postgresql._tcp.%s %s SRV 0 0 %s %s\n' "$name" "$seconds" "$port" "$name" >>"$part"
chmod 0644 "$part"
mv "$part" "$zone" # the server reads it at every question: never half a file
say "$name is now $address${port:+ port $port}"

if [ -n "${DNS_SERVER-}" ]; then
  answered=$(node "$system/dns/lookup.js" "$DNS_SERVER" "$name") || die "no answer from the DNS"
  [ "$answered" = "$address${port:+ $port}" ] || die "the DNS answers $answered"
fi
