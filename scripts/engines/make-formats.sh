#!/usr/bin/env bash
# usage: make-formats.sh ROOTFS-PACK DIRECTORY
# Packs small programs in every format that ROOTFS-PACK knows, for check-formats.sh. DIRECTORY has to
# be there and empty.
#
#   hello.FORMAT     one plan in all formats: a dynamic program with a library layer
#   none, zstd, shared.oci.tar   the same with other compressions and layers
#   multi.oci.tar, multi.oci     for amd64 and arm64
#   boot-static.FORMAT, boot-dynamic.FORMAT    for a machine: /init ends it
set -euo pipefail
[ $# = 2 ] || { sed -n '2,9p' "${BASH_SOURCE[0]}" >&2; exit 2; }
pack=$(realpath -- "$1")
sources=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../fixtures/images" && pwd)
cd "$2"

mkdir -p programs/{static,dynamic,arm64}
gcc -O2 -o programs/hello "$sources/hello.c" -lz
cp programs/hello programs/dynamic/init
gcc -O2 -static -o programs/static/init "$sources/boot.c"
aarch64-linux-gnu-gcc -O2 -DWITHOUT_ZLIB -o programs/arm64/hello "$sources/hello.c"
echo "hi from the image" > programs/greeting

addition=(--add programs/greeting:/etc/greeting)
options=(
  "${addition[@]}" --tag hello:check --cmd given --cmd first --user 7:8 --workdir /etc
  --env PATH=/checked --expose 8080 --volume /var/data --label org.example.check=yes
  --stop-signal SIGINT
)
"$pack" programs/hello "${options[@]}" -o hello.tar -o hello.tar.gz -o hello.tar.zst -o hello/ \
  -o hello.oci.tar -o hello.oci/ -o hello.cpio -o hello.cpio.gz
"$pack" programs/hello "${options[@]}" --compression zstd -o zstd.oci.tar -o zstd.oci/
"$pack" programs/hello "${options[@]}" --compression none -o none.oci.tar -o none.oci/
"$pack" programs/hello "${options[@]}" --layers shared -o shared.oci.tar -o shared.oci/
"$pack" programs/hello "${options[@]}" \
  --platform linux/arm64=/usr/aarch64-linux-gnu:programs/arm64/hello -o multi.oci.tar -o multi.oci/
for kind in static dynamic; do
  "$pack" "programs/$kind/init" "${addition[@]}" -o "boot-$kind.cpio" -o "boot-$kind.cpio.gz"
done
