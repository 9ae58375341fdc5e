#!/usr/bin/env bash
# usage: verify-restore.sh
# Climbs from structure to content: every table and index is sound, the rules between tables are in
# force, the critical data is there and consistent.
# Exit code 0: all of it holds. 1: what does not is named.
set -euo pipefail
. "$(dirname "$0")/common.sh"
[ $# = 0 ] || usage
failed=

check() { # WHAT, "above" or "exactly", NUMBER, QUERY
  local found
  found=$(sql mientior "$4") || found=unreadable
  say "$1: $found"
  case $2,$found in
    *,unreadable) ;;
    above,*) ((found > $3)) && return ;;
    exactly,*) ((found == $3)) && return ;;
  esac
  say "FAIL: $1 should be $2 $3"
  failed=1
}

if "$bin/pg_amcheck" --heapallindexed "$database_url"; then
  say 'structure: sound'
else
  say 'FAIL: structure'
  failed=1
fi
check 'rules between tables' exactly 4 "SELECT count(*) FROM pg_constraint
  WHERE contype = 'f' AND convalidated AND connamespace = 'public'::regnamespace"
check users above 0 'SELECT count(*) FROM users'
check products above 0 'SELECT count(*) FROM products'
check orders above 0 'SELECT count(*) FROM orders'
check 'orders without lines' exactly 0 'SELECT count(*) FROM orders AS o
  WHERE NOT EXISTS (SELECT FROM order_lines AS l WHERE l.order_id = o.id)'
check 'orders without user' exactly 0 'SELECT count(*) FROM orders AS o
  WHERE NOT EXISTS (SELECT FROM users AS u WHERE u.id = o.user_id)'
check 'lines without order' exactly 0 'SELECT count(*) FROM order_lines AS l
  WHERE NOT EXISTS (SELECT FROM orders AS o WHERE o.id = l.order_id)'
say "newest order: $(sql mientior 'SELECT max(created_at) FROM orders')"
[ -z "$failed" ] || die 'the restored database does not hold'
say 'the restored database holds'
