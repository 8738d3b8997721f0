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

Needs debootstrap, Debian's archive as the host's apt knows it, and root or sudo.

example: scripts/program-root.sh .build/corpora/programs
TEXT
}

packages=(
  apache2
  ca-certificates
  curl
  default-jre-headless
  erlang-base
  git
  gnupg
  haproxy
  imagemagick
  libjson-xs-perl
  lua-cjson
  lua5.4
  nginx
  nodejs
  openssh-client
  openssh-server
  openssl
  php-cli
  postgresql
  python3
  redis-server
  ruby
)

case ${1:-} in
  '') usage >&2; exit 2 ;;
  --help | -h) usage; exit 0 ;;
  -*) echo "program-root.sh: unknown option '$1'; --help says more" >&2; exit 2 ;;
esac
if [ "$(id -u)" != 0 ]; then exec sudo --non-interactive "${BASH_SOURCE[0]}" "$@"; fi

mkdir -p "$1"
directory=$(cd "$1" && pwd)
root=$directory/root
# shellcheck source=/dev/null
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
wanted="$suite ${packages[*]}"
if [ "$(cat "$directory/made-of" 2>/dev/null)" = "$wanted" ]; then exit 0; fi

# A comma for each blank is what debootstrap takes.
list=${packages[*]}
# shellcheck disable=SC2016 # variables of apt
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $suite" \
  'Component: main' | head -n 1)
# A root that was half made may have its own /proc.
umount --quiet --lazy "$root/proc" "$root/sys" 2>/dev/null || true
rm -rf "$root" "$directory/made-of"
# What a package's script starts all the same ends with the namespace, and so do mounts.
# A root for tests may be lost with the machine's power: dpkg needn't wait for the disk.
DPKG_FORCE=unsafe-io unshare --mount --pid --fork --kill-child --mount-proc \
  debootstrap --variant=minbase --include="${list// /,}" "$suite" "$root" ${archive:+"$archive"} \
  > "$directory/log" 2>&1 || { tail -n 20 "$directory/log" >&2; exit 3; }
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
echo "$wanted" > "$directory/made-of"
echo "programs: $(du -sm "$root" | cut -f 1) MB"
