#!/usr/bin/env bash
# Prints how large the bundles of fixtures/programs are, and why; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/compare-sizes.sh ROOTFS-PACK [NAME...]

For each program of fixtures/programs, a row of a Markdown table: what had to be found for it beyond
its libraries, with one piece of evidence for each, the size of its bundle, and that of a minimal Debian
with its packages as apt installs them, without recommended ones and without apt's own lists. Both are
sizes of tar archives. Takes some minutes; needs root, debootstrap, python3, the root of
scripts/program-root.sh in .build/corpora/programs, and Debian's archive.

example: scripts/compare-sizes.sh .build/quick-start/bin/rootfs-pack nginx postgresql
TEXT
}

case ${1:-} in
  '') usage >&2; exit 2 ;;
  --help | -h) usage; exit 0 ;;
esac
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fixtures=$(cd "$scripts/../fixtures/programs" && pwd)
programs=$(realpath -- "$scripts/../.build/corpora/programs/root")
rootfs_pack=$(realpath -- "$1")
shift
if [ $# = 0 ]; then
  for proof in "$fixtures"/*/proof.sh; do set -- "$@" "$(basename "$(dirname "$proof")")"; done
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/compare-sizes.XXXXXX")
trap 'rm -rf "$work"' EXIT
"$scripts/programs/debootstrap.sh" "$work/base"
DEBIAN_FRONTEND=noninteractive chroot "$work/base" apt-get update -qq

# installed_size PACKAGE...: of the minimal Debian with packages, in bytes
installed_size() {
  rm -rf "$work/root"
  cp -a "$work/base" "$work/root"
  printf '#!/bin/sh\nexit 101\n' > "$work/root/usr/sbin/policy-rc.d"
  chmod 755 "$work/root/usr/sbin/policy-rc.d"
  if [ $# -gt 0 ]; then
    DEBIAN_FRONTEND=noninteractive DPKG_FORCE=unsafe-io unshare --mount --pid --fork --kill-child \
      chroot "$work/root" sh -euc 'mount -t proc proc /proc
        apt-get install -qq --yes --no-install-recommends "$@"' sh "$@" > "$work/apt.log" 2>&1 ||
      { tail -n 20 "$work/apt.log" >&2; exit 3; }
  fi
  tar --create --directory "$work/root" --exclude './var/lib/apt/lists/*' \
    --exclude './var/cache/apt/*' . | wc --bytes
}

printf '%s\n' '| program | what had to be found, and by which evidence | bundle | Debian with it |' \
  '| --- | --- | --- | --- |'
for name; do
  "$scripts/programs/prove.sh" --pack-only "$work" "$rootfs_pack" "$programs" "$name" \
    2> "$work/pack.log" || { cat "$work/pack.log" >&2; exit 3; }
  packages=$(sed -n 's/^packages=(\(.*\))$/\1/p' "$fixtures/$name/proof.sh")
  # shellcheck disable=SC2086 # names of packages
  python3 "$scripts/programs/size-row.py" "$name" "$work/$name.json" \
    "$(stat --format %s "$work/$name.tar")" "$(installed_size $packages)"
done
