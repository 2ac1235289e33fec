#!/usr/bin/env bash
# clang-tidy over the shipped folders, as .clang-tidy asks. A file whose preprocessed text, flags
# and checks are those of an earlier clean run is not read again.
#
#   tests/clang_tidy.sh BUILD_DIRECTORY    one that has compile_commands.json
set -euo pipefail

if [ "${1-}" = --one ]; then
  # One file; called by the line at the end. Silent where it is clean.
  database=$2
  cache=$3
  file=$4
  # The command as recorded, without the launcher and with the output replaced by -E to stdout.
  command=$(/usr/bin/python3 - "$database" "$file" <<'PYTHON'
import json, shlex, sys
for entry in json.load(open(sys.argv[1] + "/compile_commands.json")):
    if entry["file"] == sys.argv[2]:
        words = shlex.split(entry["command"])
        words = words[1:] if words[0].endswith("ccache") else words
        cut = words.index("-o")
        print(shlex.join(words[:cut] + words[cut + 2:] + ["-E", "-C"]))
        break
PYTHON
  )
  key=$( { clang-tidy-19 --version; cat .clang-tidy; echo "$command"; (cd "$database" && eval "$command"); } |
    sha256sum | cut -d' ' -f1)
  [ ! -e "$cache/$key" ] || exit 0
  # GCC's own flags are unknown to clang and no finding.
  if output=$(clang-tidy-19 -p "$database" --quiet --warnings-as-errors='*' \
      --extra-arg=-Wno-unknown-warning-option "$file" 2>/dev/null); then
    touch "$cache/$key"
  else
    printf '%s\n' "$output"
    exit 1
  fi
  exit 0
fi

[ $# -eq 1 ] || { echo "usage: ${0##*/} BUILD_DIRECTORY" >&2; exit 2; }
database=$(cd "$1" && pwd -P)
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cache=$database/clang_tidy_clean
mkdir -p "$cache"
find "$PWD"/config "$PWD"/probes "$PWD"/storage "$PWD"/alerting "$PWD"/daemon -name '*.cpp' -print0 |
  sort -z | xargs -0 -n 1 -P "$(nproc)" "$PWD/tests/clang_tidy.sh" --one "$database" "$cache"
