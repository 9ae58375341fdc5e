#!/usr/bin/env bash
# usage: damage_input.sh column-missing|column-renamed|cut-short|line-too-long
# For drills: takes the structure of standing_orders.csv away.
set -euo pipefail
cd "$(dirname "$0")/../input"

case $1 in
  column-missing) edit='/^END/! s/,[^,]*$//' ;; # the prices, and their name
  column-renamed) edit='1 s/price_eur/price/' ;;
  cut-short) edit='18,$ d' ;;        # every line that is left is whole
  line-too-long) edit='2 s/\./,/' ;; # a decimal comma; in the first line pandas lets it pass
esac
cp standing_orders.csv damaged
sed -i "$edit" damaged
if cmp -s standing_orders.csv damaged; then exit 1; fi # nothing would be drilled
mv damaged standing_orders.csv
