#!/usr/bin/env bash
# Builds the rootfs-pack command as it is shipped; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/build-release.sh [DESTDIR]

Builds rootfs-pack as one static executable and puts it into DESTDIR. The last line on stdout is its
path; everything else goes to stderr.

  DESTDIR  default: .build/install

example: scripts/build-release.sh /usr/local/bin
TEXT
}

case ${1:-} in
  --help | -h) usage; exit 0 ;;
  -*) echo "build-release.sh: unknown option '$1'; --help lists the options" >&2; exit 2 ;;
esac

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scratch=$repository/.build/release-static
destination=${1:-$repository/.build/install}
mkdir -p "$destination"

# What a static libelf needs in its turn differs between its versions; pkg-config knows.
libraries=()
flags=$(pkg-config --static --libs-only-l libelf)
for flag in $flags; do
  libraries+=(-Xlinker "$flag")
done

swift build --package-path "$repository" --scratch-path "$scratch" --configuration release \
  --product rootfs-pack -Xswiftc -static-executable -Xlinker -s "${libraries[@]}" >&2
binaries=$(swift build --package-path "$repository" --scratch-path "$scratch" \
  --configuration release --show-bin-path)
install -m 755 "$binaries/rootfs-pack" "$destination/rootfs-pack"
echo "$destination/rootfs-pack"
