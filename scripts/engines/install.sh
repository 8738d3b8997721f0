#!/usr/bin/env bash
# Installs what the tests with real container engines need and this machine lacks (Debian, root).
set -euo pipefail

# command:package; a command that is there already is taken as it is. The docker client by its path:
# another one may stand before it.
wanted=(
  /usr/bin/docker:docker.io iptables:iptables podman:podman runc:runc debootstrap:debootstrap
  curl:curl jq:jq gzip:gzip flock:util-linux
)
missing=()
for pair in "${wanted[@]}"; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair#*:}")
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
    "${missing[@]}" >/dev/null
fi
