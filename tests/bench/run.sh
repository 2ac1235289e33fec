#!/usr/bin/env bash
# What a probe costs, beside the least that it could cost and beside its peers: builds a release,
# starts the targets, measures in alternating rounds and prints ratios. Two cores; about 5 minutes.
#
#   tests/bench/run.sh                 everything
#   tests/bench/run.sh SCENARIO…       http https pace flat start memory in_flight in_flight_tls
#
# Peers (HAProxy, blackbox_exporter) are measured where they are installed.
set -euo pipefail
# shellcheck source=packaging/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../packaging/setup.sh"

"$root/packaging/dependencies.sh" test --install
choose_builder
compile release "gatewatch bench_programs" || fail "the build failed"
exec /usr/bin/python3 "$root/tests/bench/bench.py" "$@"
