#!/usr/bin/env bash
# usage: check-formats.sh DIRECTORY KERNEL
# The checks of test-formats.sh, with the images that make-formats.sh left in DIRECTORY and the
# docker, podman, containerd and registry that answer here. KERNEL boots the cpio archives.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fixtures=$(cd "$here/../../fixtures/images" && pwd)
kernel=$(realpath -- "$2")
cd "$1"

# shellcheck source=SCRIPTDIR/checks.sh
. "$here/checks.sh"

image=docker.io/library/hello:check
# What the program prints without arguments, in the image's own environment.
expected="hello: [given] [first]
PATH: /checked
user: 7:8
directory: /etc
greeting: hi from the image"
# CAP_NET_BIND_SERVICE is number 10.
capable="capabilities: 0000000000000400"

# MARK: What is common to the engines

# No registry may be asked and nothing trusted: no machine's policy says what may be copied.
skopeo() { command skopeo --insecure-policy "$@"; }
tree() { "$fixtures/tree.py" "$@"; }

# same_tree DIRECTORY IMAGE: as the image says it should be
same_tree() { tree "$2" "$1"; }

# prints TEXT COMMAND...: the output begins with the text
prints() {
  local text=$1 output
  shift
  output=$("$@") || { echo "ended with $?: $output"; return 1; }
  [[ $output == "$text"* ]] || { echo "expected: $text"; echo "found:    $output"; return 1; }
}

# The digest that an index names, which is the image's own.
digest_of() {
  tar --extract --to-stdout --file "$1" index.json | jq --raw-output '.manifests[0].digest'
}

config_digest_of() {
  tar --extract --to-stdout --file "$1" manifest.json | jq --raw-output '.[0].Config' |
    sed 's|blobs/sha256/|sha256:|'
}

# MARK: docker and podman

run_docker() { docker run --rm --network none "$@"; }
run_podman() { podman run --rm --network none "$@"; }

# check_loaded NAME: an image under the tag, as the configuration has it
check_loaded() {
  local name=$1
  check "$name: has its tag and the configuration's digest as its id" \
    equals "$("$engine" image inspect --format '{{.Id}}' "$image" | sed 's/^sha256://')" \
    "$(config_digest_of "$name" | sed 's/^sha256://')"
  check "$name: runs as it is told to" prints "$expected" "run_$engine" "$image"
  check "$name: takes arguments" prints "hello: [a b]" "run_$engine" "$image" "a b"
  "$engine" rmi --force "$image" >/dev/null 2>&1 || true
}

check_load() {
  check "$1: loads" "$engine" load --input "$1"
  check_loaded "$1"
}

# Engines of before 2023 know no zstd: what they don't load, they refuse in whole.
check_zstd() {
  if "$engine" load --input zstd.oci.tar > "$work/load" 2>&1; then
    check_loaded zstd.oci.tar
  else
    check "zstd.oci.tar: is refused by an engine that knows no zstd" \
      not "$engine" image inspect "$image"
  fi
}

not() { ! "$@"; }

# Archives of files alone, for which the command line says what an image would.
check_import() {
  check "$1: is imported" "$engine" import --change 'ENTRYPOINT ["/init"]' "$1" imported:check
  check "$1: runs" prints "hello: [a]" "run_$engine" imported:check a
  "$engine" rmi --force imported:check >/dev/null 2>&1 || true
}

# check_next NAME: what the command said should be done next, word by word
check_next() {
  local next
  next=$(sed -n "s/^$1: .*; next: //p" programs/said)
  check "$1: what is said to come next can be done" last_line_of "zlib: " bash -euc "$next"
  docker rmi --force "$image" >/dev/null 2>&1 || true
}

last_line_of() {
  local begin=$1 output
  shift
  output=$("$@") || { echo "ended with $?: $*: $output"; return 1; }
  [[ ${output##*$'\n'} == "$begin"* ]] || { echo "$*"; echo "$output"; return 1; }
}

# check_pull NAME [OPTION...]: from the registry
check_pull() {
  local name=$1
  shift
  check "$name: is pulled from the registry" "$engine" pull "$@" "$REGISTRY/hello:$name"
  check "$name: pulled, it runs" prints "$expected" "run_$engine" "$REGISTRY/hello:$name"
  "$engine" rmi --force "$REGISTRY/hello:$name" >/dev/null 2>&1 || true
}

check_engine() {
  engine=$1
  shift
  local name
  for name in hello none single multi; do check_load "$name.oci.tar"; done
  check_zstd
  for name in hello.tar hello.tar.gz; do check_import "$name"; done
  for name in hello multi; do check_pull "$name" "$@"; done
}

# A user who isn't root has what the program's file gives.
check_capable() {
  engine=$1
  check "capable.oci.tar: loads" "$engine" load --input capable.oci.tar
  check "capable.oci.tar: its program has its file's capability" \
    says "$capable" "run_$engine" "$image"
  check "capable.oci.tar: files have the owner that was asked for" \
    owner_in_container "$engine" capable 2000:3000
  "$engine" rmi --force "$image" >/dev/null 2>&1 || true
}

says() {
  local text=$1 output
  shift
  output=$("$@") || { echo "ended with $?: $output"; return 1; }
  [[ $output == *"$text"* ]] || { echo "no '$text' in: $output"; return 1; }
}

# owner_in_container ENGINE FILE OWNER
owner_in_container() {
  local container owner
  container=$("$1" create --network none "$image")
  owner=$("$1" export "$container" | tar --list --verbose --numeric-owner "$2" | awk '{print $2}')
  "$1" rm "$container" >/dev/null
  equals "${owner//\//:}" "$3"
}

# MARK: skopeo and the registry

# push_and_pull NAME SOURCE: there and back without another digest
push_and_pull() {
  local name=$1
  rm -rf "$work/back"
  skopeo copy --quiet --all --preserve-digests --dest-tls-verify=false \
    "$2" "docker://$REGISTRY/hello:$name" &&
    skopeo copy --quiet --all --preserve-digests --src-tls-verify=false \
      "docker://$REGISTRY/hello:$name" "oci:$work/back:check" &&
    equals "$(jq --raw-output '.manifests[0].digest' "$work/back/index.json")" \
      "$(digest_of "$name.oci.tar")" && same_tree "$work/back" "$name.oci.tar"
}

check_skopeo() {
  engine=skopeo
  local name
  for name in hello none zstd single multi; do
    check "$name: is an OCI archive" prints "[given first]" skopeo inspect --config \
      --format '{{.Config.Cmd}}' "oci-archive:$name.oci.tar"
    check "$name: is a docker archive" prints "[given first]" skopeo inspect --config \
      --format '{{.Config.Cmd}}' "docker-archive:$name.oci.tar:$image"
    check "$name: is an OCI layout" prints "[given first]" skopeo inspect --config \
      --format '{{.Config.Cmd}}' "oci:$name.oci:check"
    check "$name: an OCI archive keeps its digest through a registry" \
      push_and_pull "$name" "oci-archive:$name.oci.tar"
    check "$name: an OCI layout keeps its digest through a registry" \
      push_and_pull "$name" "oci:$name.oci:check"
    check "$name: a docker archive goes to a registry" skopeo copy --dest-tls-verify=false \
      "docker-archive:$name.oci.tar" "docker://$REGISTRY/hello:docker-$name"
  done
  check "multi: has an image for each machine" equals "$(
    for name in amd64 arm64; do
      skopeo --override-arch "$name" inspect --format '{{.Architecture}}' \
        oci-archive:multi.oci.tar
    done | tr '\n' ' ')" "amd64 arm64 "
}

# MARK: umoci

# unpacks NAME USER [OPTION...]: as a user, into the same tree
unpacks() {
  local name=$1 user=$2 folder
  shift 2
  folder=$(mktemp -d "$work/umoci.XXXXXX")
  cp -r "$name.oci" "$folder/layout"
  chown "$user" "$folder"
  # The user reaches what is its own, and nothing besides.
  chmod 711 "$work"
  HOME=$folder setpriv --reuid "$user" --regid "$user" --clear-groups \
    umoci unpack "$@" --image "$folder/layout:check" "$folder/bundle" &&
    same_tree "$folder/bundle/rootfs" "$name.oci"
}

# keeps_capability COMMAND...: it leaves the program in the folder `extracted`
keeps_capability() {
  rm -rf "$work/extracted"
  mkdir "$work/extracted"
  "$@" && equals "$(getcap "$program" | awk '{print $2}') $(stat --format %u:%g "$program")" \
    "cap_net_bind_service=ep 2000:3000"
}

check_umoci() {
  engine=umoci
  local name
  # umoci 0.4 knows neither zstd nor images of several machines.
  for name in hello none single; do
    check "$name: is unpacked by root" unpacks "$name" 0
    check "$name: is unpacked by a user" unpacks "$name" 65534 --rootless
  done
  program=$work/extracted/bundle/rootfs/capable
  check "capable: is unpacked with owner and capability" keeps_capability \
    umoci unpack --image capable.oci:check "$work/extracted/bundle"
}

# MARK: containerd

check_containerd() {
  engine=ctr
  local name
  for name in hello none zstd single multi; do
    check "$name.oci.tar: is imported" ctr image import --platform linux/amd64 "$name.oci.tar"
    check "$name.oci.tar: has its tag and digest" equals \
      "$(ctr image list "name==$image" | awk 'NR == 2 {print $1, $3}')" \
      "$image $(digest_of "$name.oci.tar")"
    # The file system that works everywhere.
    check "$name.oci.tar: runs as it is told to" prints "$expected" \
      ctr run --rm --snapshotter native "$image" "check-$name"
    ctr image remove --sync "$image" >/dev/null 2>&1 || true
  done
}

# MARK: tar and cpio

# extracts ARCHIVE COMMAND...: the command, in an empty folder with the archive as its input, leaves
# the archive's tree there
extracts() {
  local archive=$1
  shift
  rm -rf "$work/extracted"
  mkdir "$work/extracted"
  (cd "$work/extracted" && "$@") < "$archive" && same_tree "$work/extracted" "$archive"
}

# Extracts by the archive's name, so that tar finds out what it is; then compares owners and times.
extracts_by_name() {
  local archive
  archive=$(realpath "$1")
  extracts "$archive" tar --extract --preserve-permissions --file "$archive" &&
    tar --compare --file "$archive" --directory "$work/extracted"
}

python_tar() {
  # Python 3.11 knows no zstd.
  if [ "$2" = --zstd ]; then zstd --decompress --stdout --quiet; else cat; fi |
    python3 -c 'import sys, tarfile
with tarfile.open(fileobj=sys.stdin.buffer, mode=sys.argv[1]) as file: file.extractall()' "$1"
}

python_tar_file() {
  python3 -c 'import sys, tarfile
with tarfile.open(sys.argv[1], "r:*") as file: file.extractall()' "$1"
}

# check_tar NAME ARCHIVE
check_tar() {
  local name=$1 archive option=--
  archive=$(realpath "$2")
  case $archive in *.gz) option=--gzip ;; *.zst) option=--zstd ;; esac
  engine=tar
  check "$name: is extracted" extracts_by_name "$archive"
  check "$name: is extracted from a stream" extracts "$archive" \
    tar --extract --preserve-permissions --file - "$option"
  engine=bsdtar
  check "$name: is extracted from a stream" extracts "$archive" bsdtar -xpf -
  engine=python
  check "$name: is extracted from a stream" extracts "$archive" python_tar 'r|*' "$option"
  if [ "$option" != --zstd ]; then
    check "$name: is extracted" extracts "$archive" python_tar_file "$archive"
  fi
}

# check_layers NAME SUFFIX: each layer of a layout is such a tar as well
check_layers() {
  local manifest layer number=0
  manifest=$1.oci/blobs/sha256/$(digest_of "$1.oci.tar" | sed 's/sha256://')
  while read -r layer; do
    number=$((number + 1))
    cp "$1.oci/blobs/sha256/${layer#sha256:}" "$work/layer.$2"
    check_tar "layer $number of $1" "$work/layer.$2"
  done < <(jq --raw-output '.layers[].digest' "$manifest")
}

# Archives that hold what only root may set.
check_attributes() {
  program=$work/extracted/capable
  engine=tar
  check "capable.tar: is extracted with owner and capability" keeps_capability \
    tar --extract --xattrs --xattrs-include='*' --file capable.tar --directory "$work/extracted"
  engine=bsdtar
  check "capable.tar: is extracted with owner and capability" keeps_capability \
    bsdtar -x --xattrs -pf capable.tar -C "$work/extracted"
}

check_cpio() {
  local unpacked=$work/unpacked.cpio
  case $1 in *.gz) gzip --decompress --stdout "$1" > "$unpacked" ;; *) cp "$1" "$unpacked" ;; esac
  engine=cpio
  check "$1: is extracted" extracts "$unpacked" \
    cpio --extract --quiet --make-directories --preserve-modification-time
  engine=bsdtar
  check "$1: is extracted" extracts "$1" bsdtar -xpf -
}

check_boot() {
  engine=linux
  local name
  for name in cpio cpio.gz; do
    check "boot.$name: is the first process of a machine" \
      "$here/boot-initramfs.sh" "$kernel" "boot.$name" "boot ok as process 1"
    check "hello.$name: starts with its loader and libraries" \
      "$here/boot-initramfs.sh" "$kernel" "hello.$name" "greeting: hi from the image"
  done
}

engine=formats
# A volume is its user's.
validate() { "$fixtures/validate.py" --own var/data=7:8 "$@"; }
check "all hold what they say" validate ./[!c]*.oci ./[!c]*.tar ./*.tar.gz ./*.tar.zst ./*.cpio{,.gz}
check "others' files too" validate --owner 2000:3000 ./capable.*
check "all of one plan hold the same" tree hello hello.tar hello.tar.gz hello.tar.zst \
  hello.oci.tar hello.oci hello.cpio hello.cpio.gz none.oci zstd.oci single.oci

check_skopeo
check_engine docker
for name in hello.tar hello.tar.gz hello.tar.zst hello hello.oci.tar none.oci.tar multi.oci.tar; do
  check_next "$name"
done
check_engine podman --tls-verify=false
check_capable docker
check_capable podman
check_containerd
check_umoci
check_attributes
for name in hello.tar hello.tar.gz hello.tar.zst hello.oci.tar; do check_tar "$name" "$name"; done
check_layers hello tar.gz
check_layers zstd tar.zst
check_layers none tar
check_layers single tar.gz
for name in hello.cpio hello.cpio.gz; do check_cpio "$name"; done
check_boot
totals
