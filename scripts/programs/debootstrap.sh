#!/usr/bin/env bash
# usage: debootstrap.sh ROOT [PACKAGE...]                                                      (root)
# Makes ROOT a minimal Debian of the host's suite with some packages, out of the archive that the host's
# apt knows. What it says is kept in ROOT.log.
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,4p' "${BASH_SOURCE[0]}" >&2; exit 2; }
root=$1
shift

# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
# shellcheck disable=SC2016 # variables of apt
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $suite" \
  'Component: main' | head -n 1)
list=$*
# A root that was half made may have its own /proc.
umount --quiet --lazy "$root/proc" "$root/sys" 2>/dev/null || true
rm -rf "$root"
# What a package's script starts all the same ends with the namespace, and so do mounts. A root for
# tests may be lost with the machine's power: dpkg needn't wait for the disk.
DPKG_FORCE=unsafe-io unshare --mount --pid --fork --kill-child --mount-proc \
  debootstrap --variant=minbase ${list:+--include="${list// /,}"} "$suite" "$root" \
  ${archive:+"$archive"} > "$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; exit 3; }
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
