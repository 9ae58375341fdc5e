#!/usr/bin/env bash
# usage: new-server.sh ADDRESS
# For drills: from now on the database runs on a server at this address, no longer at the old one.
set -eu
cd "$(dirname "$0")"
echo "$1" >server
