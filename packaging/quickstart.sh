#!/usr/bin/env bash
# From a fresh Debian to a watched site with one command: installs what a build needs, builds a
# release, and runs `gatewatch demo`.
#
#   packaging/quickstart.sh              a small built-in site whose gateway has an outage every 2 min
#   packaging/quickstart.sh URL…         watches these URLs
#
# Ctrl-C ends it. Nothing is installed but packages; results go to a directory that the demo names.
set -euo pipefail
# shellcheck source=packaging/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

case ${1-} in
  -h | --help)
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
    exit 0
    ;;
esac
trap 'printf "\n"; say "stopped by Ctrl-C; run it again to go on from here"; exit 130' INT

say "1/3 packages: installing what a build needs and this machine lacks"
"$root/packaging/dependencies.sh" build --install
choose_builder
say "2/3 build: a release in $build/release (some minutes the first time, seconds later)"
compile release gatewatch || fail "the build failed"
say "3/3 run: gatewatch demo ${*:-(built-in site)}; Ctrl-C ends it"

trap - INT
exec "${builder[@]}" "$build/release/daemon/gatewatch" demo "$@"
