#!/usr/bin/env bash
# usage: with-docker.sh DATA-FOLDER COMMAND [ARG...]                                         (root)
# Runs a command with a dockerd of its own, and ends that dockerd afterwards. Images and build cache
# stay in DATA-FOLDER for the next time. There is no bridge: containers have the network "none" or
# "host".
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,5p' "${BASH_SOURCE[0]}" >&2; exit 2; }
data=$1
shift

mkdir -p "$data"
# Short, because the path of a socket has 108 bytes at most.
work=$(mktemp -d /tmp/docker.XXXXXX)
daemon=
stop() {
  if [ -n "$daemon" ]; then
    kill "$daemon" 2>/dev/null || true
    # dockerd takes its containers and containerd along before it ends.
    wait "$daemon" || true
  fi
  # The mount that it leaves behind would keep its folder.
  umount --quiet --lazy "$work"/exec/netns/* 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

dockerd --bridge=none --iptables=false --ip-masq=false --data-root "$data" \
  --exec-root "$work/exec" -p "$work/pid" -H "unix://$work/docker.sock" > "$work/log" 2>&1 &
daemon=$!

# The client of the same package first: one that stands earlier on the PATH may lack BuildKit.
mkdir "$work/bin"
ln -s /usr/bin/docker "$work/bin/docker"
export PATH="$work/bin:$PATH" DOCKER_HOST="unix://$work/docker.sock" DOCKER_BUILDKIT=1
# No user's configuration: it may name a context or credentials of another engine.
# It has to exist: podman reads it as well.
export DOCKER_CONFIG="$work/config"
mkdir "$DOCKER_CONFIG"
echo '{}' > "$DOCKER_CONFIG/config.json"
unset DOCKER_CONTEXT

for ((tries = 0; ; tries++)); do
  docker version >/dev/null 2>&1 && break
  if ! kill -0 "$daemon" 2>/dev/null || [ "$tries" -ge 150 ]; then
    echo "with-docker.sh: dockerd doesn't start; its last lines:" >&2
    tail -n 20 "$work/log" >&2
    exit 3
  fi
  sleep 0.2
done

"$@"
