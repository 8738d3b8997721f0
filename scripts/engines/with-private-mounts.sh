#!/usr/bin/env bash
# usage: with-private-mounts.sh COMMAND [ARG...]                                             (root)
# Runs a command where its mounts are seen by nobody else and end with it, and where the cgroup
# controllers are mounted, as container engines need: a bare chroot has neither /sys nor those.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,4p' "${BASH_SOURCE[0]}" >&2; exit 2; }

if [ "${PRIVATE_MOUNTS:-}" != inside ]; then
  PRIVATE_MOUNTS=inside exec unshare --mount --propagation private "${BASH_SOURCE[0]}" "$@"
fi
unset PRIVATE_MOUNTS

mountpoint -q /sys || mount -t sysfs sysfs /sys
if ! mountpoint -q /sys/fs/cgroup; then
  # Each controller can be in one hierarchy only, so the machine's own choice is repeated.
  controllers=$(awk -F: '$2 != "" && $2 !~ /=/ {print $2}' /proc/self/cgroup)
  if [ -z "$controllers" ]; then
    mount -t cgroup2 cgroup2 /sys/fs/cgroup
  else
    mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
    for controller in $controllers; do
      mkdir "/sys/fs/cgroup/$controller"
      mount -t cgroup -o "$controller" cgroup "/sys/fs/cgroup/$controller"
    done
  fi
fi
exec "$@"
