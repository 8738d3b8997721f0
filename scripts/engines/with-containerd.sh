#!/usr/bin/env bash
# usage: with-containerd.sh COMMAND [ARG...]                                                 (root)
# Runs a command with a containerd of its own, without images, for `ctr`; ends and removes it
# afterwards.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,4p' "${BASH_SOURCE[0]}" >&2; exit 2; }

# Short, because the path of a socket has 108 bytes at most.
work=$(mktemp -d /tmp/containerd.XXXXXX)
daemon=
stop() {
  if [ -n "$daemon" ]; then
    kill "$daemon" 2>/dev/null || true
    wait "$daemon" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Without what only Kubernetes asks for, which looks for a network of its own.
cat > "$work/config.toml" <<CONF
version = 2
root = "$work/root"
state = "$work/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "$work/socket"
[ttrpc]
  address = "$work/ttrpc"
CONF
containerd --config "$work/config.toml" > "$work/log" 2>&1 &
daemon=$!
export CONTAINERD_ADDRESS="$work/socket"

for ((tries = 0; ; tries++)); do
  ctr version >/dev/null 2>&1 && break
  if ! kill -0 "$daemon" 2>/dev/null || [ "$tries" -ge 150 ]; then
    echo "with-containerd.sh: containerd doesn't start; its last lines:" >&2
    tail -n 20 "$work/log" >&2
    exit 3
  fi
  sleep 0.2
done

"$@"
