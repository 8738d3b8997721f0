#!/usr/bin/env bash
# Builds and runs the sample server's image with real container engines; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/engines/test-images.sh [OPTION...]

Builds the sample server's image with docker from both Dockerfiles, runs it, asks it over HTTP and
stops it; then the same with podman and the same runtime.tar. For Debian, as root: engines that are
missing are installed by apt, dockerd runs only as long as the test, and a stand-in for the Swift
base image is made from Debian packages and this machine's toolchain, so no registry is needed.

  --runtime-tar PATH  leaves phase 1 out and tests the image of this runtime.tar
  --keep-tar PATH     copies the runtime.tar that was made to PATH

ENGINES_CACHE names the folder that keeps docker's images and build cache for the next run
(default: rootfs-pack-engines in $TMPDIR or /tmp; 3 GB; it may be removed at any time).

example: ENGINES_CACHE=/var/cache/engines scripts/engines/test-images.sh
TEXT
}

fail() {
  echo "test-images.sh: $1" >&2
  exit "${2:-3}"
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
runtime_tar=
keep_tar=
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h)
      usage
      exit 0
      ;;
    --runtime-tar | --keep-tar)
      [ $# -ge 2 ] || fail "$1 needs a path" 2
      if [ "$1" = --keep-tar ]; then
        keep_tar=$(realpath --canonicalize-missing -- "$2")
      else
        runtime_tar=$(realpath -- "$2")
      fi
      shift 2
      ;;
    *) fail "unknown argument '$1'; --help lists the options" 2 ;;
  esac
done
[ "$(id -u)" = 0 ] || fail "root is needed: engines mount and set up namespaces"

"$here/install.sh"

cache=${ENGINES_CACHE:-${TMPDIR:-/tmp}/rootfs-pack-engines}
mkdir -p "$cache"
# Two dockerd can't share one data folder.
exec 9> "$cache/lock"
if ! flock --nonblock 9; then
  echo "another run uses $cache; waiting for its end"
  flock 9
fi

# dockerd is a child of this command; the lock is its caller's alone, who lives longer.
"$here/with-private-mounts.sh" "$here/with-docker.sh" "$cache/docker" \
  "$here/with-podman.sh" "$here/check-images.sh" "$runtime_tar" "$keep_tar" 9>&-
