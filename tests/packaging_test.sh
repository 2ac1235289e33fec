#!/usr/bin/env bash
# What is shipped beside the program: the unit is hardened and valid, the manual pages are without
# a warning, the example configuration is one that the program accepts, the rules for Prometheus ask
# for metrics that there are.
#
#   tests/packaging_test.sh PROGRAM
set -euo pipefail
program=$1
packaging=$(cd "$(dirname "${BASH_SOURCE[0]}")/../packaging" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

check() {
  local sentence=$1 output
  shift
  if output=$("$@" 2>&1) && [ -z "$output" ]; then
    printf 'ok: %s\n' "$sentence"
  else
    printf 'FAILED: %s\n%s\n' "$sentence" "$output"
    failed=1
  fi
}

exposure_is_low() {
  local said
  said=$(systemd-analyze security --offline=true --threshold=15 "$packaging/systemd/gatewatch.service") ||
    { printf '%s\n' "$said" | grep -v '✓'; return 1; }
}

unit_is_valid() {
  # The program stands where the package puts it only once that is installed.
  sed -e "s#^ExecStart=/usr/bin/gatewatch#ExecStart=$program#" -e '/^Documentation=/d' \
    "$packaging/systemd/gatewatch.service" >"$work/gatewatch.service"
  systemd-analyze verify --man=no "$work/gatewatch.service"
}

page_is_clean() {
  man --warnings=w -E UTF-8 -l -Tutf8 -Z "$1" 2>&1 >/dev/null
}

example_is_accepted() {
  "$program" check --config "$packaging/gatewatch.toml" >"$work/check" 2>&1 ||
    { cat "$work/check"; return 1; }
}

rules_are_valid() {
  promtool check rules "$packaging/prometheus/gatewatch.rules.yml" >"$work/rules" 2>&1 &&
    promtool test rules "$packaging/../tests/data/gatewatch.rules.test.yml" >"$work/rules" 2>&1 ||
    { cat "$work/rules"; return 1; }
}

metrics_of_rules_exist() {
  local name
  for name in $(grep -oE 'gatewatch_[a-z_]+[a-z]' "$packaging/prometheus/gatewatch.rules.yml" | sort -u); do
    grep -rqF "\"$name\"" "$packaging/../daemon" ||
      printf 'no metric %s\n' "$name"
  done
}

for script in "$packaging"/*.sh "$packaging"/debian/p* "$packaging"/../tests/*.sh; do
  check "${script##*/} parses" bash -n "$script"
done
if command -v systemd-analyze >/dev/null; then
  check "the unit's exposure is at most 1.5" exposure_is_low
  check "the unit is valid" unit_is_valid
else
  echo "skipped: there is no systemd-analyze"
fi
if command -v man >/dev/null; then
  for page in "$packaging"/man/*; do check "${page##*/} is without a warning" page_is_clean "$page"; done
else
  echo "skipped: there is no man"
fi
if command -v promtool >/dev/null; then
  check "the rules for Prometheus do what their tests say" rules_are_valid
else
  echo "skipped: there is no promtool"
fi
check "the rules for Prometheus know the metrics" metrics_of_rules_exist
check "the example configuration is accepted" example_is_accepted
exit $failed
