#!/usr/bin/env bash
# Builds rootfs-pack, packs the sample server and proves that it answers; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/quick-start.sh

On Debian or Ubuntu with Swift: installs what is missing, builds rootfs-pack and the sample web
server, packs the server as .build/quick-start/runtime.tar and as an image that docker and podman
load, and verifies the image: the server runs with nothing else around it, is asked over HTTP, and
ends when it is asked to. Safe to run twice.
TEXT
}

case ${1:-} in
  '') ;;
  --help | -h) usage; exit 0 ;;
  *) echo "quick-start.sh: unknown argument '$1'; --help says more" >&2; exit 2 ;;
esac

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(dirname "$scripts")/.build/quick-start
command -v swift >/dev/null || { echo "quick-start.sh: swift isn't on the PATH" >&2; exit 3; }

step() { printf '\n==> %s\n' "$*"; }

step "installing what is missing"
"$scripts/install-packages.sh" libdeflate-dev libelf-dev libzstd-dev pkg-config zlib1g-dev

step "building rootfs-pack"
"$scripts/build-release.sh" "$work/bin"

step "building the sample server (Hummingbird; some minutes the first time)"
"$scripts/build-sample-server.sh" --scratch-path "$work/sample-server" "$work/install"

step "what the server would load"
cd "$work/install"
"$work/bin/rootfs-pack" inspect ./sample-server

step "packing"
"$work/bin/rootfs-pack" ./sample-server --output "$work/runtime.tar" \
  --output "$work/sample-server.oci.tar" --expose 8080 \
  --add server.conf:/etc/sample-server/server.conf

step "proving that it runs with nothing else around it"
"$work/bin/rootfs-pack" verify "$work/sample-server.oci.tar" --http :8080/ --http :8080/api/status
