#!/usr/bin/env bash
# All tests, on a machine with nothing installed: packages, builds, checks. The last line is
# "N passed, N failed", and the exit code tells the same.
#
#   tests/run.sh                 everything
#   tests/run.sh STAGE…          some of it, in this order:
#     format clang-format
#     unit   unit, contract and simulation tests under ASan and UBSan, the house rules
#     tsan   the tests of threads under TSan
#     fuzz   each fuzzer for 15 s, starting from its corpus
#     e2e    the release binary among real nginx, Exim and Prometheus
#
#   tests/run.sh tidy            clang-tidy: by itself, since from clean it takes as long as the rest
#
# CI=1 turns warnings into errors.
set -euo pipefail
# shellcheck source=packaging/setup.sh
. "$(dirname "${BASH_SOURCE[0]}")/../packaging/setup.sh"

all_stages=(format unit tsan fuzz e2e)
fuzz_seconds=15
folders=(config probes storage alerting daemon)
passed=0
failed=0
failures=()

usage() {
  sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
  exit "$1"
}
pass() { passed=$((passed + ${1:-1})); }
# missed SENTENCE [COUNT]: what failed is said again at the end, where a long log is read first.
missed() {
  say "FAILED: $1"
  failures+=("$1")
  failed=$((failed + ${2:-1}))
}

# check SENTENCE COMMAND…: one test that is a command; its output is shown where it fails.
check() {
  local sentence=$1 output
  shift
  if output=$("$@" 2>&1); then
    pass
    say "ok: $sentence"
  else
    printf '%s\n' "$output" | tail -n 60
    missed "$sentence"
  fi
}

# run_ctest PRESET [ARGUMENT…]: adds ctest's own counts.
run_ctest() {
  local preset=$1 log=$build/$1.ctest.log summary bad total
  shift
  (cd "$root" && as_builder ctest --preset "$preset" -j "$(nproc)" "$@") 2>&1 | tee "$log" |
    grep -vE '^ *Start +[0-9]+:|^$' || true
  summary=$(grep -oE '[0-9]+ tests? failed out of [0-9]+' "$log" || true)
  if [ -z "$summary" ]; then
    missed "ctest did not finish ($preset)"
    return
  fi
  bad=${summary%% *}
  total=${summary##* }
  pass $((total - bad))
  if [ "$bad" -gt 0 ]; then
    missed "ctest ($preset): $(sed -nE 's/^\s+[0-9]+ - (\S+) \(.*/\1/p' "$log" | paste -sd ' ')" "$bad"
  fi
}

werror=()
if [ -n "${CI-}" ]; then werror=(-DGATEWATCH_WERROR=ON); fi

# built PRESET TARGETS: a build counts as a test.
built() {
  if compile "$1" "$2" "${werror[@]}"; then
    pass
  else
    missed "building $1"
    return 1
  fi
}

stage_format() {
  local sources
  mapfile -t sources < <(cd "$root" && find "${folders[@]}" tests -name '*.cpp' -o -name '*.h')
  cd "$root"
  check "formatting (clang-format-19)" clang-format-19 --dry-run -Werror "${sources[@]}"
}

stage_tidy() {
  cd "$root"
  as_builder cmake --preset asan "${werror[@]}" >"$build/tidy.log" 2>&1 ||
    fail "cannot configure: see $build/tidy.log"
  check "clang-tidy-19" as_builder "$root/tests/clang_tidy.sh" "$build/asan"
}

stage_unit() {
  built asan all || return 0
  run_ctest asan
}

stage_tsan() {
  local targets
  as_builder cmake --preset tsan "${werror[@]}" -S "$root" >"$build/tsan.log" 2>&1 ||
    fail "cannot configure: see $build/tsan.log"
  targets=$(ctest --test-dir "$build/tsan" -N -L threads | sed -nE 's/^ *Test +#[0-9]+: (.*)/\1/p')
  if [ -z "$targets" ]; then
    say "no test is labelled threads"
    return
  fi
  built tsan "${targets//$'\n'/ }" || return 0
  run_ctest tsan -L threads
}

stage_fuzz() {
  local fuzzer name corpus
  if [ ! -f "$root/tests/fuzz/CMakeLists.txt" ]; then
    say "there are no fuzzers"
    return
  fi
  built fuzz fuzzers || return 0
  while IFS= read -r fuzzer; do
    name=${fuzzer##*/}
    corpus=$root/tests/fuzz/corpus/${name%_fuzz}
    if [ ! -d "$corpus" ]; then
      missed "$name has no corpus in tests/fuzz/corpus/${name%_fuzz}"
      continue
    fi
    as_builder mkdir -p "$build/fuzz/found/$name"
    # New inputs go to the first directory, outside the tree.
    check "$name for $fuzz_seconds s" as_builder "$fuzzer" -max_total_time=$fuzz_seconds \
      -rss_limit_mb=1024 -timeout=10 -artifact_prefix="$build/fuzz/found/$name-" \
      -print_final_stats=1 "$build/fuzz/found/$name" "$corpus"
  done < <(find "$build/fuzz/tests/fuzz" -maxdepth 1 -type f -executable -name '*_fuzz' | sort)
}

stage_e2e() {
  local reports=$build/end_to_end counts
  built release gatewatch || return 0
  as_builder rm -rf "$reports"
  as_builder mkdir -p "$reports"
  # Most of the time these tests wait for something to happen: four files at once.
  # shellcheck disable=SC2016  # the inner shell expands
  find "$root/tests/end_to_end" -name '*_test.py' -print0 | sort -z |
    GATEWATCH_BINARY=$build/release/daemon/gatewatch PYTHONDONTWRITEBYTECODE=1 REPORTS=$reports \
      as_builder xargs -0 -n 1 -P 4 bash -c '
        name=${1##*/}
        /usr/bin/python3 -m pytest -p no:cacheprovider -ra -v --tb=short \
          --junitxml="$REPORTS/${name%.py}.xml" "$1" >"$REPORTS/${name%.py}.log" 2>&1
        cat "$REPORTS/${name%.py}.log"' end_to_end || true
  counts=$(/usr/bin/python3 - "$root/tests/end_to_end" "$reports" <<'PYTHON'
import pathlib, sys, xml.etree.ElementTree as tree
passed = failed = 0
for test in pathlib.Path(sys.argv[1]).glob("*_test.py"):
    try:
        suite = tree.parse(f"{sys.argv[2]}/{test.stem}.xml").getroot().find("testsuite")
        bad = int(suite.get("failures")) + int(suite.get("errors"))
        failed += bad
        passed += int(suite.get("tests")) - bad - int(suite.get("skipped"))
    except (OSError, tree.ParseError):
        failed += 1
print(passed, failed)
PYTHON
  )
  pass "${counts% *}"
  if [ "${counts#* }" -gt 0 ]; then
    missed "end to end: $(grep -hoE '^(FAILED|ERROR) [^ ]+' "$reports"/*.log | cut -d ' ' -f 2 |
      paste -sd ' ')" "${counts#* }"
  fi
}

stages=()
for argument in "$@"; do
  case " ${all_stages[*]} tidy " in
    *" $argument "*) stages+=("$argument") ;;
    *) if [ "$argument" = -h ] || [ "$argument" = --help ]; then usage 0; else usage 2 >&2; fi ;;
  esac
done
[ ${#stages[@]} -gt 0 ] || stages=("${all_stages[@]}")

trap 'printf "\n"; say "stopped by Ctrl-C"; exit 130' INT
"$root/packaging/dependencies.sh" test --install
choose_builder
for stage in "${stages[@]}"; do
  say "== $stage =="
  "stage_$stage"
done
say "finished"
for failure in "${failures[@]}"; do printf 'FAILED: %s\n' "$failure"; done
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
