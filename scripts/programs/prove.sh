#!/usr/bin/env bash
# Packs a program of fixtures/programs and proves that it does its job; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/programs/prove.sh [OPTION] ROOTFS-PACK ROOT NAME [PACK-OPTION...]

Packs the program of fixtures/programs/NAME with the command ROOTFS-PACK out of ROOT, a Debian root as
scripts/program-root.sh makes it, and has it do its job with nothing but the bundle around it: changed
into it, in mount, process and network namespaces of its own, with /proc, a minimal /dev and the
loopback, as in a container. What its clients and servers need beside it runs in ROOT, in the same
namespaces. ROOT itself isn't changed. Needs root.

  --pack-only DIR  writes DIR/NAME.tar and DIR/NAME.json, the plan, and proves nothing
  PACK-OPTION      goes to the command as well, such as --minimal

Exit code: 0 proved, 1 not, 2 wrong usage.

example: scripts/programs/prove.sh .build/debug/rootfs-pack .build/corpora/programs/root nginx
TEXT
}

fail_usage() { echo "prove.sh: $1" >&2; exit 2; }

pack_only=
case ${1:-} in
  --help | -h) usage; exit 0 ;;
  --pack-only) pack_only=$(realpath -- "${2:?--pack-only needs a directory}"); shift 2 ;;
esac
[ $# -ge 3 ] || { usage >&2; exit 2; }
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$(cd "$scripts/../../fixtures/programs" && pwd)/$3
[ -e "$program/proof.sh" ] || fail_usage "no program '$3'"
[ -e "$2/etc/debian_version" ] || fail_usage "'$2' is no root; scripts/program-root.sh makes one"
[ "$(id -u)" = 0 ] || fail_usage "root is needed, for a root and namespaces of its own"

# Processes and mounts end with the namespaces, whatever becomes of the proof.
if [ "${PROGRAM_NAMESPACES:-}" != inside ]; then
  PROGRAM_NAMESPACES=inside exec unshare --mount --propagation private --pid --fork --kill-child \
    --mount-proc --net --ipc --uts "${BASH_SOURCE[0]}" ${pack_only:+--pack-only "$pack_only"} "$@"
fi
unset PROGRAM_NAMESPACES

rootfs_pack=$(realpath -- "$1")
debian_root=$(realpath -- "$2")
name=$3
shift 3
pack_options=("$@")
# shellcheck source=scripts/programs/steps.sh
. "$scripts/steps.sh"
# shellcheck source=/dev/null
. "$program/proof.sh"

step "prepare"
set_up
cd "$program"
if declare -F prepare >/dev/null; then prepare; fi
step "pack"
pack
if [ -n "$pack_only" ]; then exit 0; fi
enter_bundle
prove
echo "$name does its job"
