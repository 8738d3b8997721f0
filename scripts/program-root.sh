#!/usr/bin/env bash
# Makes a Debian root with the programs that are packed and run in the tests; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/program-root.sh DIRECTORY

Makes DIRECTORY/root by debootstrap: a minimal Debian with the servers, clients and language runtimes
of fixtures/programs, installed as anybody would. Nothing of it is started, and the host's own packages
stay as they are. A root that was made of the same packages is left alone, so that a second run takes
no time.

The packages are those that each proof names in its line `packages=(...)`.

Needs debootstrap, Debian's archive as the host's apt knows it, and root or sudo.

example: scripts/program-root.sh .build/corpora/programs
TEXT
}

case ${1:-} in
  '') usage >&2; exit 2 ;;
  --help | -h) usage; exit 0 ;;
  -*) echo "program-root.sh: unknown option '$1'; --help says more" >&2; exit 2 ;;
esac
if [ "$(id -u)" != 0 ]; then exec sudo --non-interactive "${BASH_SOURCE[0]}" "$@"; fi

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
directory=$(cd "$1" && pwd)
# Each proof says what of Debian it is about.
packages=$(sed -n 's/^packages=(\(.*\))$/\1/p' "$scripts"/../fixtures/programs/*/proof.sh |
  tr ' ' '\n' | sort -u | xargs)
if [ "$(cat "$directory/made-of" 2>/dev/null)" = "$packages" ]; then exit 0; fi
rm -f "$directory/made-of"
# shellcheck disable=SC2086 # names of packages
"$scripts/programs/debootstrap.sh" "$directory/root" $packages
echo "$packages" > "$directory/made-of"
echo "programs: $(du -sm "$directory/root" | cut -f 1) MB"
