#!/usr/bin/env bash
# THE list of Debian packages that gatewatch needs, and the only place that installs any.
#
#   packaging/dependencies.sh build             print what a build needs
#   packaging/dependencies.sh test              print that and what the tests need
#   packaging/dependencies.sh build --install   install what is missing of it (root, or through sudo)
set -euo pipefail

build_packages=(
  g++ cmake ninja-build pkg-config ccache ca-certificates
  libuv1-dev            # event loop
  node-llhttp           # HTTP parsing: its C sources
  libc-ares-dev         # DNS
  libssl-dev            # TLS
  libsqlite3-dev        # storage
  prometheus-cpp-dev    # metrics
  libcurl4-openssl-dev  # delivery of alerts
  libidn2-dev           # international host names
  libabsl-dev tzdata    # time zones
  libtomlplusplus-dev nlohmann-json3-dev libre2-dev zlib1g-dev
  libcli11-dev libspdlog-dev libfmt-dev libsystemd-dev
)
test_packages=(
  doctest-dev git
  clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev
  python3 python3-pytest
  nginx                           # the gateway of the end-to-end tests
  exim4-daemon-light              # the mail server: STARTTLS and AUTH
  prometheus                      # scrapes; its promtool checks the metrics
  prometheus-alertmanager         # is told of incidents
  chromium                        # shows mails as their readers see them
  openssl sqlite3 strace procps   # certificates, a second reader, system calls, processes
  systemd                         # systemd-analyze judges the unit
  dpkg-dev file man-db            # the Debian package and the manual pages
)
# What these would start at once and at every boot; the tests start their own.
declare -A services=([nginx]=nginx [exim4-daemon-light]=exim4 [prometheus]=prometheus
  [prometheus-alertmanager]=prometheus-alertmanager)

say() { printf 'dependencies: %s\n' "$*"; }
fail() { printf 'dependencies: %s\n' "$*" >&2; exit 1; }
usage() { fail "usage: ${0##*/} build|test [--install]"; }

case ${1-} in
  build) wanted=("${build_packages[@]}") ;;
  test) wanted=("${build_packages[@]}" "${test_packages[@]}") ;;
  *) usage ;;
esac
if [ $# -eq 1 ]; then
  printf '%s\n' "${wanted[@]}"
  exit 0
fi
if [ $# -ne 2 ] || [ "$2" != --install ]; then usage; fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  fail "this is not Debian (no dpkg or apt-get). Install these by hand: ${wanted[*]}"
fi

missing=()
for package in "${wanted[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  by_hand="As root: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  command -v sudo >/dev/null ||
    fail "${#missing[@]} packages are missing, and there is neither root nor sudo. $by_hand"
  if [ ! -t 0 ] && ! sudo -n true 2>/dev/null; then
    fail "${#missing[@]} packages are missing, and sudo wants a password but has no terminal. $by_hand"
  fi
  as_root=(sudo)
fi

# No service may start: policy-rc.d forbids it while packages are set up. An existing one is the
# administrator's and stays.
policy=/usr/sbin/policy-rc.d
made_policy=
remove_policy() {
  if [ -n "$made_policy" ]; then "${as_root[@]}" rm -f "$policy"; fi
  made_policy=
}
trap remove_policy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
if [ ! -e "$policy" ]; then
  made_policy=yes
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

say "installing ${#missing[@]} packages: ${missing[*]}"
install() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends --no-remove -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "${missing[@]}"
}
log=$(mktemp)
trap 'rm -f "$log"; remove_policy' EXIT
if ! install >"$log" 2>&1; then
  say "not with the package lists as they are: apt-get update, then once more"
  if ! "${as_root[@]}" apt-get update -qq -o DPkg::Lock::Timeout=300 >>"$log" 2>&1 ||
     ! install >>"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "apt-get could not install ${missing[*]}. Is there a network, is this Debian 12 or later, and
is no package in the way (another mail server)? Nothing is ever removed to make room."
  fi
fi

# Enabled by their packages, they would start at the next boot: only those that came just now.
if command -v systemctl >/dev/null; then
  for package in "${missing[@]}"; do
    service=${services[$package]-}
    [ -z "$service" ] || "${as_root[@]}" systemctl disable --quiet "$service" 2>/dev/null || true
  done
fi
say "installed"
