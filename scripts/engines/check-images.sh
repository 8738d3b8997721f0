#!/usr/bin/env bash
# usage: check-images.sh [RUNTIME-TAR] [KEEP-TAR]
# The checks of test-images.sh, with the docker engine and the podman that answer here. An empty
# RUNTIME-TAR means phase 1 of the build; KEEP-TAR is where its result is copied to.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scripts=$(dirname "$here")
given_tar=${1:-}
keep_tar=${2:-}
image=sample-server-check:latest
largest_tar=32000000

# shellcheck source=SCRIPTDIR/checks.sh
. "$here/checks.sh"
container=
engine=
address=

finish() {
  if [ -n "$container" ]; then "$engine" rm --force "$container" >/dev/null 2>&1 || true; fi
  finish_checks
}
trap finish EXIT

# Starts a container that listens on a port of the system's choice, for tests may run side by side.
start() {
  container=$("$engine" run --detach --network host "$image" --host 127.0.0.1 --port 0)
  address=
  for ((tries = 0; tries < 100; tries++)); do
    address=$("$engine" logs "$container" 2>/dev/null | sed -n 's/^listening on //p')
    [ -z "$address" ] || return 0
    sleep 0.1
  done
  echo "the container doesn't say that it listens"
  "$engine" logs "$container" 2>&1
  return 1
}

# Ends the container by the command given and checks that it ended by itself.
check_stop() {
  local signal=$1 begin=$SECONDS
  shift
  "$@" "$container" >/dev/null
  local code
  code=$("$engine" wait "$container")
  check "$signal: exit code 0" equals "$code" 0
  # Engines kill after 10 seconds.
  check "$signal: stops within 6 seconds" at_most $((SECONDS - begin)) 6
  "$engine" logs "$container" > "$work/stdout" 2> "$work/stderr"
  check "$signal: says on stderr why it stopped" contains "$work/stderr" "stopped by $signal"
  check "$signal: one line on stdout" equals "$(wc -l < "$work/stdout")" 1
  "$engine" rm "$container" >/dev/null
  container=
}

inspect_image() {
  "$engine" image inspect --format "$1" "$image"
}

check_image() {
  check "label: revision" equals \
    "$(inspect_image '{{index .Config.Labels "org.opencontainers.image.revision"}}')" "$VCS_REF"
  check "label: version" equals \
    "$(inspect_image '{{index .Config.Labels "org.opencontainers.image.version"}}')" "$VERSION"
  check "label: created" equals \
    "$(inspect_image '{{index .Config.Labels "org.opencontainers.image.created"}}')" "$BUILD_DATE"
  check "entry point is a vector" equals \
    "$(inspect_image '{{json .Config.Entrypoint}}')" '["/sample-server"]'
  check "exposes port 8080" equals "$(inspect_image '{{json .Config.ExposedPorts}}')" \
    '{"8080/tcp":{}}'
}

check_server() {
  check "starts and says where it listens" start
  # Nothing more can be asked of a server that isn't there.
  [ -n "$address" ] || return 0

  check "GET /" curl --silent --show-error --fail --output "$work/page" \
    --dump-header "$work/headers" "$address/"
  check "GET /: is HTML" contains "$work/headers" "text/html"
  check "GET /: not compressed unless asked" lacks "$work/headers" '^content-encoding:'
  check "GET /: shows the configuration's title" contains "$work/page" "<h1>Sample server</h1>"
  local object
  for object in /sample-server /libsample-signals.so libz.so.1 libc.so.6 ld-linux; do
    check "GET /: shows that $object is mapped" contains "$work/page" "$object"
  done

  check "GET / with gzip" curl --silent --show-error --fail --header 'Accept-Encoding: gzip' \
    --output "$work/page.gz" --dump-header "$work/headers" "$address/"
  check "GET / with gzip: says so" contains <(tr '[:upper:]' '[:lower:]' < "$work/headers") \
    "content-encoding: gzip"
  check "GET / with gzip: a whole gzip file" gzip --test --stdout < "$work/page.gz"
  gzip --decompress --stdout < "$work/page.gz" > "$work/page" 2>/dev/null || true
  check "GET / with gzip: holds the page" contains "$work/page" "<h1>Sample server</h1>"

  check "GET /api/status" curl --silent --show-error --fail --output "$work/json" \
    --dump-header "$work/headers" "$address/api/status"
  check "GET /api/status: is JSON" contains "$work/headers" "application/json"
  check "GET /api/status: process 1" valid_json "$work/json" '.processID == 1'
  check "GET /api/status: configured by the file in the image" valid_json "$work/json" \
    '.configurationFile == "/etc/sample-server/server.conf"'
  check "GET /api/status: the signal library lies beside the server" valid_json "$work/json" \
    '.signalLibrary == "/libsample-signals.so"'
  check "GET /api/status: nothing of Swift's own folders is mapped" valid_json "$work/json" \
    '[.objects[].path | select(test("swift"))] == []'

  check_stop SIGTERM "$engine" stop --time 10
  check "starts again" start
  [ -n "$address" ] || return 0
  check_stop SIGINT "$engine" kill --signal INT
}

check_engine() {
  engine=$1
  shift
  check "builds the image" "$scripts/build-image.sh" --engine "$engine" --tag "$image" "$@"
  "$engine" image inspect "$image" >/dev/null 2>&1 || return 0
  check_image
  check_server
  "$engine" rmi --force "$image" >/dev/null
}

# Known values, so that the labels can be compared.
export BUILD_DATE=2001-02-03T04:05:06Z VCS_REF=0123456789abcdef VERSION=1.2.3-check

runtime_tar=$work/runtime.tar
if [ -n "$given_tar" ]; then
  cp "$given_tar" "$runtime_tar"
else
  "$here/make-swift-image.sh"
  engine=docker
  check "phase 1 makes runtime.tar" "$scripts/build-image.sh" --engine docker --phase 1 \
    --network host --runtime-tar "$runtime_tar"
  if [ -n "$keep_tar" ] && [ -f "$runtime_tar" ]; then cp "$runtime_tar" "$keep_tar"; fi
fi

if [ -f "$runtime_tar" ]; then
  engine=tar
  check "runtime.tar has at most $largest_tar bytes" at_most \
    "$(stat --format %s "$runtime_tar")" "$largest_tar"
  for engine in docker podman; do
    check_engine "$engine" --phase 2 --runtime-tar "$runtime_tar"
  done
fi

totals
