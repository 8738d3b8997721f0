#!/usr/bin/env bash
# Installs what the tests with real container engines need and this machine lacks (Debian, root).
set -euo pipefail

# command:package or file:package; what is there already is taken as it is. The docker client by its
# path: another one may stand before it.
wanted=(
  /usr/bin/docker:docker.io iptables:iptables podman:podman runc:runc debootstrap:debootstrap
  curl:curl jq:jq gzip:gzip flock:util-linux setcap:libcap2-bin
  skopeo:skopeo umoci:umoci docker-registry:docker-registry ctr:containerd python3:python3
  bsdtar:libarchive-tools cpio:cpio zstd:zstd qemu-system-x86_64:qemu-system-x86
  gcc:gcc /usr/include/stdio.h:libc6-dev /usr/include/zlib.h:zlib1g-dev
  aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu
  /usr/aarch64-linux-gnu/include/stdio.h:libc6-dev-arm64-cross
)
# Two tests may want the same at the same time, and apt takes only one of them.
exec 9> "${TMPDIR:-/tmp}/rootfs-pack-install.lock"
flock 9

missing=()
for pair in "${wanted[@]}"; do
  [ -e "${pair%%:*}" ] || command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
done

if [ ${#missing[@]} -gt 0 ]; then
  echo "installing: ${missing[*]}"
  apt-get update -qq
  # Policy 101: a test has no use for a system-wide dockerd, which the package would start.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends \
    "${missing[@]}" >/dev/null 9>&-
fi
