#!/usr/bin/env bash
# usage: with-podman.sh COMMAND [ARG...]                                                     (root)
# Runs a command for which podman has a storage and a configuration of its own, and removes both
# afterwards.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,4p' "${BASH_SOURCE[0]}" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/podman.XXXXXX")
stop() {
  podman rm --all --force --time 2 >/dev/null 2>&1 || true
  podman rmi --all --force >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cat > "$work/storage.conf" <<CONF
[storage]
driver = "vfs"
graphroot = "$work/storage"
runroot = "$work/run"
CONF
# runc, files and low limits: they work without systemd, with old cgroups and where a container may
# not raise its limits.
cat > "$work/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "$work/tmp"
CONF
export CONTAINERS_STORAGE_CONF="$work/storage.conf" CONTAINERS_CONF="$work/containers.conf"
# Where conmon and runc keep the state of running containers.
export XDG_RUNTIME_DIR="$work/xdg"
mkdir -m 700 "$XDG_RUNTIME_DIR"
unset CONTAINER_HOST CONTAINER_CONNECTION

"$@"
