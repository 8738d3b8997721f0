#!/usr/bin/env bash
# usage: make-swift-image.sh [NAME]                                                          (root)
# Makes a stand-in for the official Swift image out of Debian packages and this machine's Swift
# toolchain, for machines that reach no image registry. NAME is swift:6.3-bookworm unless given,
# the base that Dockerfile.build asks for; an image of that name that is there already is left
# alone. Needs a running docker engine, debootstrap and Debian.
set -euo pipefail

name=${1:-swift:6.3-bookworm}
if docker image inspect "$name" >/dev/null 2>&1; then
  echo "$name is there"
  exit 0
fi

toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
case $toolchain in
  /usr | /)
    echo "make-swift-image.sh: swift lies in $toolchain, so its files can't be told apart" >&2
    exit 3
    ;;
esac
# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
# The archive that this machine uses itself; debootstrap knows one if there is none.
archive=$(awk '$1 == "URIs:" {print $2; exit} $1 == "deb" {for (i = 2; i <= NF; i++)
  if ($i ~ /:\/\//) {print $i; exit}}' /etc/apt/sources.list.d/debian.sources \
  /etc/apt/sources.list 2>/dev/null || true)

work=$(mktemp -d "${TMPDIR:-/tmp}/swift-image.XXXXXX")
root=$work/root
# debootstrap mounts inside its root and doesn't always clean up when it is interrupted.
trap 'umount --quiet --lazy "$root/proc" "$root/sys" 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# What the official image installs beside the toolchain; the tool's own needs are not among them.
packages=binutils,ca-certificates,curl,g++,gcc,git,libc6-dev,libcurl4,libedit2,libncurses6
packages+=,libpython3.11,libsqlite3-0,libstdc++-12-dev,libxml2,libz3-4,pkg-config,tzdata
echo "debootstrap makes the root of $name"
debootstrap --variant=minbase --include="$packages" "$suite" "$root" ${archive:+"$archive"} \
  > "$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 3; }
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*

# apt as on this machine, but for credentials
rm -f "$root/etc/apt/sources.list"
for part in sources.list sources.list.d apt.conf.d preferences.d keyrings trusted.gpg.d; do
  if [ -e "/etc/apt/$part" ]; then cp -a "/etc/apt/$part" "$root/etc/apt/"; fi
done
cp -a /etc/ssl/certs/. "$root/etc/ssl/certs/"

# Where git is told to read packages from another place, the image has to know it too. A place that
# is a folder of this machine goes along.
git config --get-regexp '^url\..*\.insteadof$' > "$work/rewrites" || true
while read -r key address; do
  place=${key#url.}
  place=${place%.insteadof}
  git config --file "$root/etc/gitconfig" --add "url.$place.insteadOf" "$address"
  if [ -d "$place" ] && [ ! -e "$root$place" ]; then
    mkdir -p "$root$place"
    cp -a "$place/." "$root$place/"
  fi
done < "$work/rewrites"
# git refuses repositories of other users, and root may not be the one who made them.
git config --file "$root/etc/gitconfig" --add safe.directory '*'

echo "the toolchain of $toolchain goes in"
# Without editors' and debuggers' parts and other platforms: no build needs them, and they are half.
tar --create --directory "$toolchain" \
  --exclude='./bin/lldb*' --exclude='./lib/liblldb*' --exclude='./bin/sourcekit-lsp' \
  --exclude='./lib/libsourcekitdInProc.so' --exclude='./lib/libSwiftSourceKit*' \
  --exclude='./bin/clangd' --exclude='./bin/docc' --exclude='./bin/swift-format' \
  --exclude='./bin/wasm*' --exclude='./lib/libLTO*' --exclude='./lib/libclang.so*' \
  --exclude='./lib/swift/embedded' --exclude='./lib/swift_static/embedded' \
  --exclude='./lib/swift/FrameworkABIBaseline' . | tar --extract --directory "$root/usr"

tar --create --directory "$root" --exclude='./proc/*' --exclude='./sys/*' . |
  docker import --message "stand-in made from Debian packages" - "$name"
