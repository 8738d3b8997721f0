#!/usr/bin/env bash
# usage: fetch-kernel.sh DIRECTORY
# Takes a Linux kernel out of Debian's package for virtual machines, without installing it, and
# prints its path. One that DIRECTORY has already is left alone.
set -euo pipefail
[ $# = 1 ] || { sed -n '2,4p' "${BASH_SOURCE[0]}" >&2; exit 2; }
mkdir -p "$1"
directory=$(cd "$1" && pwd)
kernel=$directory/vmlinuz

if [ ! -s "$kernel" ]; then
  work=$(mktemp -d "${TMPDIR:-/tmp}/kernel.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  # The package of that name is empty and depends on the newest one.
  package=$(LC_ALL=C apt-cache depends linux-image-cloud-amd64 |
    sed -n 's/^  Depends: \(linux-image-[0-9].*\)$/\1/p')
  [ -n "$package" ] || { echo "fetch-kernel.sh: apt knows no kernel; apt-get update?" >&2; exit 3; }
  # A folder that apt's own user may not enter is told about, and used all the same.
  (cd "$work" && apt-get download -qq -o APT::Sandbox::User=root "$package" >&2)
  dpkg-deb --fsys-tarfile "$work"/*.deb |
    tar --extract --to-stdout --wildcards './boot/vmlinuz-*' > "$kernel.new"
  mv "$kernel.new" "$kernel"
fi
echo "$kernel"
