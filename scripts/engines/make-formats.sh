#!/usr/bin/env bash
# usage: make-formats.sh ROOTFS-PACK DIRECTORY
# Packs small programs in every format that ROOTFS-PACK knows, for check-formats.sh. DIRECTORY has to
# be there and empty.
#
#   hello.FORMAT   one plan in all formats: a dynamic program with a library layer. It is called
#                  init, which an initramfs needs, so that nothing has to be added for one format
#   none, zstd, single.oci.tar and .oci   the same with other compressions and layers
#   multi.oci.tar, multi.oci              the same for amd64 and arm64
#   capable.tar, capable.oci.tar, .oci    the same with a file capability and other numbers of owners
#   boot.cpio, boot.cpio.gz               a static program that isn't called init
set -euo pipefail
[ $# = 2 ] || { sed -n '2,12p' "${BASH_SOURCE[0]}" >&2; exit 2; }
pack=$(realpath -- "$1")
sources=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../fixtures/images" && pwd)
cd "$2"

mkdir -p programs/arm64
gcc -O2 -o programs/init "$sources/hello.c" -lz
gcc -O2 -static -o programs/boot "$sources/boot.c"
aarch64-linux-gnu-gcc -O2 -DWITHOUT_ZLIB -o programs/arm64/init "$sources/hello.c"

# What readers differ in: names of one file, links, names too long for old headers, no content, and
# so much of it that it is compressed in several pieces.
long=$(printf 'a long name %.0s' {1..12})
mkdir -p "programs/greetings/$long"
echo "hi from the image" > programs/greetings/first
ln programs/greetings/first programs/greetings/second
ln programs/greetings/first "programs/greetings/$long/third"
ln -s ../first "programs/greetings/$long/link"
ln -s "$long/../$long/../$long/third" programs/greetings/to-third
touch programs/greetings/empty
chmod 600 programs/greetings/empty
seq 1500000 > programs/greetings/many

options=(
  --add programs/greetings:/etc/greetings --tag hello:check
  --cmd "given first" --user 7:8 --workdir /etc --env PATH=/checked --expose 8080
  --volume /var/data --label org.example.check=yes --stop-signal SIGINT
)
# What the command says should be done next is done, too.
write() { "$pack" programs/init "${options[@]}" "$@" >> programs/said; }

write -o hello.tar -o hello.tar.gz -o hello.tar.zst -o hello/ -o hello.oci.tar -o hello.oci/ \
  -o hello.cpio -o hello.cpio.gz
write --compression zstd -o zstd.oci.tar -o zstd.oci/
write --compression none -o none.oci.tar -o none.oci/
write --layers single -o single.oci.tar -o single.oci/
write --platform linux/arm64=/usr/aarch64-linux-gnu:programs/arm64/init \
  -o multi.oci.tar -o multi.oci/
cp programs/init programs/capable
setcap cap_net_bind_service=ep programs/capable
"$pack" programs/capable "${options[@]}" --quiet --keep-xattrs --owner 2000:3000 \
  -o capable.tar -o capable.oci.tar -o capable.oci/
"$pack" programs/boot --quiet -o boot.cpio -o boot.cpio.gz
