#!/usr/bin/env bash
# usage: with-registry.sh COMMAND [ARG...]
# Runs a command with an empty image registry of its own on a loopback port, and ends and removes it
# afterwards. REGISTRY is its HOST:PORT; it speaks HTTP.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,4p' "${BASH_SOURCE[0]}" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/registry.XXXXXX")
server=
stop() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A port of the system's choice, for tests may run side by side.
cat > "$work/config.yml" <<CONF
version: 0.1
storage:
  filesystem:
    rootdirectory: $work/storage
http:
  addr: 127.0.0.1:0
CONF
: > "$work/log"
docker-registry serve "$work/config.yml" >> "$work/log" 2>&1 &
server=$!

REGISTRY=
for ((tries = 0; ; tries++)); do
  REGISTRY=$(sed -n 's/.*listening on \(127\.0\.0\.1:[0-9]*\).*/\1/p' "$work/log")
  [ -z "$REGISTRY" ] || break
  if ! kill -0 "$server" 2>/dev/null || [ "$tries" -ge 150 ]; then
    echo "with-registry.sh: docker-registry doesn't start; its last lines:" >&2
    tail -n 20 "$work/log" >&2
    exit 3
  fi
  sleep 0.2
done
export REGISTRY

"$@"
