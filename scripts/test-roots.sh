#!/usr/bin/env bash
# Makes small roots of other machines for the parity tests; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/test-roots.sh DIRECTORY [NAME...]

Unpacks Debian packages of other machines into DIRECTORY/NAME, one root each, without changing what
the host's apt and dpkg know. A root that is there already is left alone, so that a second run takes
no time. Nothing of a root is run but its own ldconfig, where it gets a cache: changed into that root
and, but for the host's own machine, under qemu.

  NAME  one of the following (default: all of them)

TEXT
  printf '  %-9s %s\n' \
    amd64 "three ABIs in one root (64-bit, i386, x32) with one cache" \
    arm64 "a merged /usr with absolute links and a cache" \
    armhf "32-bit, with musl beside glibc" \
    i386 "32-bit, with a cache of ldconfig's own machine" \
    mips64el "three ABIs in one root (n64, o32, n32) with one cache" \
    mipsel "32-bit" \
    ppc64el "little-endian, with lib64 for the loader" \
    s390x "big-endian, a merged /usr, 31-bit libraries and a cache, with musl beside glibc" \
    hppa "cross libraries, big-endian" \
    m68k "cross libraries, big-endian with 16-bit alignment" \
    mips "cross libraries, big-endian, of three ABIs" \
    powerpc "cross libraries, big-endian, 32-bit with 64-bit beside" \
    ppc64 "cross libraries, big-endian, 64-bit with 32-bit beside" \
    riscv64 "cross libraries" \
    sparc64 "cross libraries, big-endian, of two ABIs"
  cat <<'TEXT'

Needs Debian's archive keys and sources as the host has them, qemu-user-static, and root or user
namespaces for chroot.

example: scripts/test-roots.sh .build/corpora/roots arm64 s390x
TEXT
}

all=(amd64 arm64 armhf i386 mips64el mipsel ppc64el s390x
  hppa m68k mips powerpc ppc64 riscv64 sparc64)

# Many small programs, plug-ins, deep closures.
full=(coreutils curl libc-bin libc6 libstdc++6 openssl perl python3-minimal)
small=(libc-bin libc6 libstdc++6 tar)

# describe NAME: sets what a root is made of.
#
#   architecture  Debian's name of the machine, whose archive is read
#   packages      with all that they depend on
#   triplet       for cross libraries, which lie in /usr/TRIPLET: the name of their directory
#   merged        how /lib leads to /usr/lib: absolute, relative, or empty for two directories
#   emulators     qemu's names of the machine and its other ABIs; none where the host's kernel runs it
#   cache         whether the root's ldconfig writes a cache
describe() {
  architecture=$1 packages=("${small[@]}") triplet='' merged='' emulators=() cache=''
  case $1 in
    amd64)
      packages+=(libc6-i386 libc6-x32 lib32stdc++6 lib32z1 libx32stdc++6) cache=yes ;;
    arm64) packages=("${full[@]}" git musl) merged=absolute emulators=(aarch64) cache=yes ;;
    armhf) packages+=(coreutils musl) emulators=(arm) ;;
    i386) packages=("${full[@]}") cache=yes ;;
    mips64el)
      packages+=(libc6-mips32 libc6-mipsn32)
      emulators=(mips64el mipsel mipsn32el) cache=yes
      ;;
    mipsel) emulators=(mipsel) ;;
    ppc64el) packages+=(libssl3) merged=relative emulators=(ppc64le) ;;
    s390x)
      packages=("${full[@]}" libc6-s390 musl) merged=relative
      emulators=(s390x) cache=yes
      ;;
    hppa) cross hppa-linux-gnu hppa ;;
    m68k) cross m68k-linux-gnu m68k ;;
    mips)
      cross mips-linux-gnu mips mips64 mipsn32
      packages+=(libc6-mips64-mips-cross libc6-mipsn32-mips-cross)
      ;;
    powerpc)
      cross powerpc-linux-gnu ppc ppc64
      packages+=(libc6-ppc64-powerpc-cross)
      ;;
    ppc64)
      cross powerpc64-linux-gnu ppc64 ppc
      packages+=(libc6-powerpc-ppc64-cross)
      ;;
    riscv64) cross riscv64-linux-gnu riscv64 ;;
    sparc64)
      cross sparc64-linux-gnu sparc64 sparc32plus
      packages+=(libc6-sparc-sparc64-cross)
      ;;
    *) return 1 ;;
  esac
}

# Packages for cross compilers are for every machine; the archive of one is as good as another.
cross() {
  packages=("libc6-$architecture-cross" "libstdc++6-$architecture-cross")
  triplet=$1
  emulators=("${@:2}")
  architecture=amd64
}

case ${1:-} in
  '') usage >&2; exit 2 ;;
  --help | -h) usage; exit 0 ;;
  -*) echo "test-roots.sh: unknown option '$1'; --help says more" >&2; exit 2 ;;
esac
mkdir -p "$1"
directory=$(cd "$1" && pwd)
shift
[ $# -gt 0 ] || set -- "${all[@]}"
for name in "$@"; do
  describe "$name" || { echo "test-roots.sh: no root '$name'; --help lists them" >&2; exit 2; }
done

# An apt of one machine's own: the host's sources and keys, everything else in DIRECTORY.
apt_get() {
  local state=$directory/.state/apt-$architecture
  if [ ! -e "$state/apt.conf" ]; then
    mkdir -p "$state/lists/partial" "$state/archives/partial"
    : > "$state/status"
    cat > "$state/apt.conf" <<CONF
#clear APT::Architectures;
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dir::State "$state";
Dir::State::status "$state/status";
Dir::Cache "$state";
Debug::NoLocking "true";
CONF
  fi
  APT_CONFIG=$state/apt.conf LC_ALL=C apt-get "$@"
}

# Prints the packages that a root needs beside those without any machine code.
closure() {
  local pattern="\\[$architecture\\]"
  if [ -n "$triplet" ]; then pattern='-cross '; fi
  apt_get install --simulate --quiet=2 "${packages[@]}" | grep '^Inst ' | grep -e "$pattern" |
    cut -d ' ' -f 2
}

# Leaves the packages of a root in the current directory.
download() {
  local names
  # A mirror may lack the index of one suite for one machine for a while; what can't be had without
  # it is told by the next command.
  apt_get update --quiet=2 2>/dev/null || true
  names=$(closure)
  [ -n "$names" ] || { echo "test-roots.sh: no packages for $architecture" >&2; return 3; }
  # shellcheck disable=SC2086 # names of packages
  apt_get download --quiet=2 $names
}

# unpack ROOT: the packages of the current directory, less what has no machine code. The plug-ins of
# the C library, 250 files of one kind, stay in one 64-bit root and one 32-bit root.
unpack() {
  local package part exclude=('./usr/share' '*.p[lmy]' '*.h' '*/auto/Encode')
  case $name in arm64 | armhf) ;; *) exclude+=('*/gconv' '*/engines-3') ;; esac
  if [ -n "$merged" ]; then
    # Relative while there is something to unpack: an absolute link would lead out of the root.
    for part in bin lib lib32 lib64 sbin; do
      mkdir -p "$1/usr/$part"
      ln -s "usr/$part" "$1/$part"
    done
  fi
  for package in *.deb; do
    dpkg-deb --fsys-tarfile "$package" |
      tar -x -C "$1" --keep-directory-symlink --no-same-owner "${exclude[@]/#/--exclude=}"
  done
  if [ "$merged" = absolute ]; then
    for part in bin lib lib32 lib64 sbin; do ln -sfn "/usr/$part" "$1/$part"; done
  fi
  if [ -n "$triplet" ]; then lay_out_cross "$1"; fi
}

# Puts cross libraries where the loader among them looks for them in a root of its own.
lay_out_cross() {
  local loader part
  mkdir -p "$1/lib"
  mv "$1/usr/$triplet/lib" "$1/lib/$triplet"
  for part in lib32 lib64; do
    if [ -d "$1/usr/$triplet/$part" ]; then mv "$1/usr/$triplet/$part" "$1/$part"; fi
  done
  rm -r "${1:?}/usr"
  for loader in "$1/lib/$triplet"/ld*.so.*; do
    # A machine whose loader lies in lib64 has none here.
    if [ -e "$loader" ]; then ln -s "$triplet/${loader##*/}" "$1/lib/"; fi
  done
}

# changed_root ROOT COMMAND...
changed_root() {
  if [ "$(id -u)" = 0 ]; then chroot "$@"; else unshare --map-root-user chroot "$@"; fi
}

make_root() {
  local name=$1 root=$directory/$1 wanted packages_directory emulator qemu
  describe "$name"
  # What the root depends on; a root that was made by the same script is left alone.
  wanted=$(sha256sum < "${BASH_SOURCE[0]}")
  if [ "$(cat "$directory/.state/$name.made" 2>/dev/null)" = "$wanted" ]; then return; fi
  rm -rf "$root"
  packages_directory=$directory/.state/packages-$name
  mkdir -p "$packages_directory" "$root/etc"
  (
    cd "$packages_directory"
    download
    unpack "$root"
  )
  # What was made of them stays, and is smaller than they and the archives' indices.
  rm -rf "$packages_directory" "$directory/.state/apt-$architecture"
  # Whoever changes into the root finds only what is there: the emulators have to be.
  for emulator in "${emulators[@]}"; do
    qemu=$(command -v "qemu-$emulator-static")
    cp --link "$qemu" "$root/qemu-$emulator" 2>/dev/null || cp "$qemu" "$root/qemu-$emulator"
  done
  if [ -n "$cache" ]; then changed_root "$root" ${emulators:+"/qemu-${emulators[0]}"} /sbin/ldconfig; fi
  echo "$wanted" > "$directory/.state/$name.made"
  echo "$name: $(du -sm "$root" | cut -f 1) MB"
}

for name in "$@"; do make_root "$name"; done
