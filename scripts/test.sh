#!/usr/bin/env bash
# Lints, builds with warnings as errors, and runs the tests; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/test.sh [--fast]

On Debian or Ubuntu with Swift: installs what the tests need and runs all of them. The tests with
real engines (docker, podman, containerd, skopeo, umoci, a registry, a kernel under qemu) and with
servers of Debian's need root or sudo. Safe to run twice.

  --fast  only what needs no engine, no sample server and no whole-system comparison
TEXT
}

fast=
case ${1:-} in
  '') ;;
  --fast) fast=yes ;;
  --help | -h) usage; exit 0 ;;
  *) echo "test.sh: unknown argument '$1'; --help says more" >&2; exit 2 ;;
esac

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$scripts/.."
step() { printf '\n==> %s\n' "$*"; }

step "installing what is missing"
"$scripts/install-packages.sh" attr binutils checksec cpio elfutils file gcc git libarchive-tools libcap2-bin \
  libdeflate-dev libelf-dev libzstd-dev musl-tools netbase patchelf pkg-config python3 shellcheck \
  zlib1g-dev zstd
if [ -z "$fast" ]; then
  "$scripts/install-packages.sh" curl debootstrap iproute2 qemu-user-static
  # What makes keys, stores and passwords.
  "$scripts/install-packages.sh" age apache2-utils bind9-utils default-jre-headless dropbear-bin gnupg gnutls-bin \
    krb5-user libbcprov-java libnss3-tools minisign openssh-client openssl openvpn putty-tools signify-openbsd \
    wireguard-tools
  python3 -m pip --version >/dev/null 2>&1 || "$scripts/install-packages.sh" python3-pip
fi

step "linting"
swift format lint --strict --recursive Package.swift Plugins Sources Tests \
  fixtures/sample-server/Package.swift fixtures/sample-server/Sources
mapfile -t shell_scripts < <(git ls-files '*.sh' hooks .ci)
shellcheck "${shell_scripts[@]}"

step "building, warnings as errors"
export ROOTFS_PACK_WARNINGS_AS_ERRORS=1
swift build --build-tests

if [ -n "$fast" ]; then
  step "running the fast tests"
  exec swift test --skip-build --skip EndToEndTests
fi

step "fuzzing the readers"
"$scripts/fuzz.sh"

step "building the sample server"
"$scripts/build-sample-server.sh" --scratch-path .build/quick-start/sample-server \
  .build/quick-start/install

step "bringing programs of other machines and Python wheels"
"$scripts/test-roots.sh" .build/corpora/roots
"$scripts/test-wheels.sh" .build/corpora/wheels

step "making a Debian root of servers, clients and runtimes"
"$scripts/program-root.sh" .build/corpora/programs

step "running all tests"
exec swift test --skip-build
