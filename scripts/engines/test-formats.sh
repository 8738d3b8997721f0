#!/usr/bin/env bash
# Gives what rootfs-pack writes to everything that reads it; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/engines/test-formats.sh [OPTION...] ROOTFS-PACK

Packs small programs with the command ROOTFS-PACK in every format, and has each loaded, run,
unpacked, pushed and pulled by docker, podman, skopeo, umoci, containerd, a registry, GNU tar,
bsdtar, Python, cpio and Linux, which boots from it in an emulated machine. For Debian, as root: what
is missing is installed by apt. Engines and registry are private and run only as long as the test.

  --images DIR  tests the images of DIR, as make-formats.sh makes them, instead of packing any;
                ROOTFS-PACK is left out then

ENGINES_CACHE names the folder that keeps the kernel for the next run (default: rootfs-pack-engines
in $TMPDIR or /tmp; 14 MB; it may be removed at any time).

example: scripts/engines/test-formats.sh .build/debug/rootfs-pack
TEXT
}

fail() {
  echo "test-formats.sh: $1" >&2
  exit "${2:-3}"
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
images=
command=
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --images)
      [ $# -ge 2 ] || fail "$1 needs a folder" 2
      images=$(realpath -- "$2")
      shift 2
      ;;
    -*) fail "unknown option '$1'; --help lists them" 2 ;;
    *)
      [ -z "$command" ] || fail "only one command can be tested" 2
      command=$(realpath -- "$1")
      shift
      ;;
  esac
done
[ -n "$images$command" ] || fail "the command to test isn't named; --help says more" 2
[ "$(id -u)" = 0 ] || fail "root is needed: engines mount and set up namespaces"

"$here/install.sh"
cache=${ENGINES_CACHE:-${TMPDIR:-/tmp}/rootfs-pack-engines}
kernel=$("$here/fetch-kernel.sh" "$cache/kernel")

# Not in the cache: what is tested starts with nothing, and can't be in another run's way.
work=$(mktemp -d "${TMPDIR:-/tmp}/test-formats.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
if [ -z "$images" ]; then
  images=$work/images
  mkdir "$images"
  "$here/make-formats.sh" "$command" "$images"
fi

"$here/with-private-mounts.sh" "$here/with-docker.sh" "$work/docker" "$here/with-podman.sh" \
  "$here/with-registry.sh" "$here/with-containerd.sh" \
  "$here/check-formats.sh" "$images" "$kernel"
