#!/usr/bin/env bash
# Starts the sample server of a runtime.tar in an empty root, asks it over HTTP and stops it.
# usage: scripts/run-packed-server.sh RUNTIME_TAR
# No engine is needed: as root it is a chroot, otherwise a user namespace. The server is process 1 of
# a PID namespace, as in a container, and has /proc.
set -euo pipefail

archive=$(realpath -- "${1:?usage: run-packed-server.sh RUNTIME_TAR}")
work=$(mktemp -d)
root=$work/root
log=$work/log
mkdir "$root"
touch "$log"
server=
cleanup() {
  [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT
fail() { echo "run-packed-server.sh: $*" >&2; sed 's/^/  server: /' "$log" >&2; exit 1; }

tar --extract --file "$archive" --directory "$root"
mkdir -p "$root/proc"

namespaces=(--pid --fork --kill-child --mount)
[ "$(id -u)" = 0 ] || namespaces+=(--user --map-root-user)
# The first argument of the inner shell is the new root; exec keeps the server at process 1.
# shellcheck disable=SC2016
unshare "${namespaces[@]}" sh -c \
  'mount -t proc proc "$1/proc" && exec chroot "$1" /sample-server --host 127.0.0.1 --port 0' \
  sh "$root" > "$log" 2>&1 &
server=$!

address=
for _ in $(seq 300); do
  address=$(sed -n 's/.*listening on \(http[^ ]*\).*/\1/p' "$log")
  [ -z "$address" ] || break
  kill -0 "$server" 2>/dev/null || fail "the server ended before it listened"
  sleep 0.1
done
[ -n "$address" ] || fail "the server didn't listen within thirty seconds"

page=$(curl --silent --show-error --fail --compressed --max-time 10 "$address/") ||
  fail "no page from $address"
grep -q libz.so <<< "$page" || fail "the page doesn't show the mapped libraries"
curl --silent --max-time 10 --header 'Accept-Encoding: gzip' --output /dev/null \
  --dump-header "$work/headers" "$address/"
grep -qi '^content-encoding: gzip' "$work/headers" || fail "the page isn't compressed on request"
status=$(curl --silent --show-error --fail --max-time 10 "$address/api/status") ||
  fail "no status from $address"
echo "answered: $status"

# The server is the child of unshare, which ends with its exit code.
inner=$(cat "/proc/$server/task/$server/children")
kill -TERM "${inner%% *}"
code=0
wait "$server" || code=$?
server=
[ "$code" = 0 ] || fail "ended with $code after SIGTERM"
echo "stopped cleanly: sample-server answers from inside the packed root"
