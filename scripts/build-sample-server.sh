#!/usr/bin/env bash
# Builds the sample web server; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/build-sample-server.sh [--scratch-path DIR] [DESTDIR]

Builds the sample web server (for size, stripped, Swift's runtime linked in) and its signal library,
and puts both with the configuration file into DESTDIR. The last three lines on stdout are the
paths of the results; everything else goes to stderr.

  --scratch-path DIR  where Swift builds (default: fixtures/sample-server/.build)
  DESTDIR             default: fixtures/sample-server/.build/install

CC names the C compiler (default: clang, which is part of the Swift toolchain).

example: scripts/build-sample-server.sh /tmp/server && /tmp/server/sample-server \
           --config /tmp/server/server.conf
TEXT
}

package=$(cd "$(dirname "${BASH_SOURCE[0]}")/../fixtures/sample-server" && pwd)
scratch=$package/.build
destination=

while [ $# -gt 0 ]; do
  case $1 in
    --help | -h)
      usage
      exit 0
      ;;
    --scratch-path)
      [ $# -ge 2 ] || { echo "build-sample-server.sh: --scratch-path needs a folder" >&2; exit 2; }
      scratch=$2
      shift 2
      ;;
    -*)
      echo "build-sample-server.sh: unknown option '$1'; --help lists the options" >&2
      exit 2
      ;;
    *)
      [ -z "$destination" ] || { echo "build-sample-server.sh: more than one DESTDIR" >&2; exit 2; }
      destination=$1
      shift
      ;;
  esac
done

mkdir -p "$scratch" "${destination:=$scratch/install}"
scratch=$(cd "$scratch" && pwd)
destination=$(cd "$destination" && pwd)

swift build --package-path "$package" --scratch-path "$scratch" --configuration release \
  --product sample-server --static-swift-stdlib -Xlinker -s -Xswiftc -Osize >&2
binaries=$(swift build --package-path "$package" --scratch-path "$scratch" \
  --configuration release --show-bin-path)

# Not a product of the package: Swift would link its own runtime into a library of plain C.
"${CC:-clang}" -std=c11 -O2 -Wall -Wextra -Werror -fPIC -shared -s \
  -Wl,-soname,libsample-signals.so -o "$destination/libsample-signals.so" \
  "$package/signals/sample_signals.c"
install -m 755 "$binaries/sample-server" "$destination/sample-server"
install -m 644 "$package/server.conf" "$destination/server.conf"

printf '%s\n' "$destination/sample-server" "$destination/libsample-signals.so" \
  "$destination/server.conf"
