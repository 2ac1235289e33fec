# Sourced by quickstart.sh and tests/run.sh: where the tree is, who builds, and how.
# Sets `root` and `build`. Where root calls, the one who called sudo builds, or the tree's owner: no
# file in it ends up belonging to root.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build=$root/build
started=$SECONDS

say() { printf '[%3ds] %s\n' $((SECONDS - started)) "$*"; }
fail() { printf '[%3ds] error: %s\n' $((SECONDS - started)) "$*" >&2; exit 1; }

# as_builder COMMAND…: runs COMMAND as the one who builds.
builder=()
as_builder() { "${builder[@]}" "$@"; }

home_of() { getent passwd "$1" | cut -d: -f6; }

# can_build USER: whether there is such a user, with a home, who may write to the tree.
can_build() {
  getent passwd "$1" >/dev/null && runuser -u "$1" -- test -w "$(home_of "$1")" -a -w "$root"
}

choose_builder() {
  local user=${SUDO_USER-}
  if [ -z "$user" ]; then user=$(stat -c %U "$root"); fi
  if [ "$(id -u)" -eq 0 ] && [ "$user" != root ] && can_build "$user"; then
    builder=(runuser -u "$user" -- env HOME="$(home_of "$user")")
    say "building as $user, so that the tree stays theirs"
    if [ -d "$build" ]; then find "$build" ! -user "$user" -exec chown -h "$user:" {} +; fi
  fi
  as_builder mkdir -p "$build" 2>/dev/null || fail "cannot write to $root. Take a checkout of your own."
  local foreign
  foreign=$(as_builder find "$build" ! -writable ! -type l -print -quit)
  [ -z "$foreign" ] || fail "cannot write to $foreign (an earlier run as root?). Once: sudo rm -rf $build"
}

# show_progress: of a build's output, one line that is rewritten on a terminal, and one every 15 s
# elsewhere.
show_progress() {
  local line shown=$SECONDS
  while IFS= read -r line; do
    if [ -t 1 ]; then
      printf '\r\033[K%.*s' "$(($(tput cols 2>/dev/null || echo 80) - 1))" "$line"
    elif [ $((SECONDS - shown)) -ge 15 ]; then
      shown=$SECONDS
      say "  ${line%% *}"
    fi
  done
  if [ -t 1 ]; then printf '\r\033[K'; fi
}

# compile PRESET TARGETS [CMAKE_ARGUMENT…]: configures and builds; the whole output goes to a log,
# and what went wrong to the terminal.
compile() {
  local preset=$1 targets=$2 log=$build/$1.log begun=$SECONDS jobs memory
  shift 2
  as_builder touch "$log"
  if ! (cd "$root" && as_builder cmake --preset "$preset" "$@") >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    return 1
  fi
  # Not more compilers at once than the memory holds: one takes up to 1.5 GiB.
  jobs=$(nproc)
  memory=$(awk '/MemAvailable/ {print int($2 / 1572864) + 1}' /proc/meminfo)
  if [ "$jobs" -gt "$memory" ]; then jobs=$memory; fi
  # shellcheck disable=SC2086  # several targets are several words
  if ! as_builder cmake --build "$build/$preset" -j "$jobs" --target $targets 2>&1 |
       tee -a "$log" | show_progress; then
    grep -E -A 12 'error|FAILED' "$log" | head -n 80 >&2
    printf 'the whole output: %s\n' "$log" >&2
    return 1
  fi
  say "built $preset in $((SECONDS - begun)) s"
}
