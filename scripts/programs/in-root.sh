#!/usr/bin/env bash
# usage: in-root.sh ROOT PROGRAM [ARG...]                                                      (root)
# Runs a program of a root changed into it, with a /proc that goes away with the program.
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,3p' "${BASH_SOURCE[0]}" >&2; exit 2; }

# shellcheck disable=SC2016 # words of the inner shell
exec unshare --mount --propagation private --fork sh -euc \
  'mount -t proc proc "$1/proc"
  exec env --ignore-environment PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 chroot "$@"' \
  sh "$@"
