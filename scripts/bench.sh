#!/usr/bin/env bash
# Measures rootfs-pack against its peers in one run; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/bench.sh [--runs N]

Builds rootfs-pack as it is shipped, installs its peers (libtree, lddtree, GNU tar, zstd, pigz) and hyperfine,
and prints a table of ratios, all measured in the same run on this machine. Run it on a quiet
machine; times of different machines can't be compared, ratios can.

  --runs N  how often a small command is run (default: 500)
TEXT
}

runs=500
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --runs) runs=${2:?--runs needs a number}; shift 2 ;;
    *) echo "bench.sh: unknown argument '$1'; --help says more" >&2; exit 2 ;;
  esac
done

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
"$scripts/install-packages.sh" hyperfine jq libdeflate-dev libelf-dev libtree libzstd-dev \
  pax-utils pigz pkg-config python3-pyelftools time zlib1g-dev zstd
tool=$("$scripts/build-release.sh" 2>/dev/null)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints one table row for each command of a hyperfine result, in ratios to the first.
rows() { # TITLE FILES
  jq --raw-output --arg title "$1" --argjson files "$2" '
    def round2: . * 100 | round / 100;
    .results as $all | $all[] |
    "| \($title) | \(.command_name // .command) | \(.median * 1000 | round2) ms | "
    + (if $files > 0 then "\(.median * 1000 / $files | round2) ms | " else "| " end)
    + "\(.median / $all[0].median | round2) |"' "$work/result.json"
}

measure() { # TITLE FILES RUNS then pairs of NAME COMMAND, the peer first
  local title=$1 files=$2 count=$3
  shift 3
  local arguments=()
  local names=()
  while [ $# -gt 0 ]; do
    names+=("$1")
    arguments+=("$2")
    shift 2
  done
  hyperfine --shell none --warmup "$((count > 20 ? 20 : 1))" --runs "$count" --ignore-failure \
    --export-json "$work/result.json" "${arguments[@]}" >/dev/null 2>&1
  local index
  for index in "${!names[@]}"; do
    jq --arg name "${names[$index]}" ".results[$index].command_name = \$name" \
      "$work/result.json" > "$work/named.json"
    mv "$work/named.json" "$work/result.json"
  done
  rows "$title" "$files"
}

# Writes a command that runs its arguments without output; prints its path.
script() { # NAME COMMAND...
  local name=$1
  shift
  { printf '#!/bin/sh\n'; printf '%q ' "$@"; printf '>/dev/null 2>&1\n'; } > "$work/$name"
  chmod +x "$work/$name"
  echo "$work/$name"
}

loader=$(readelf --program-headers /bin/true | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
lddtree=(/usr/bin/python3 /usr/bin/lddtree)
echo "| work | command | median | for each file | ratio to the peer |"
echo "| --- | --- | --- | --- | --- |"
measure "closure of /usr/bin/git, whole process" 0 "$runs" \
  "libtree" "libtree /usr/bin/git" \
  "rootfs-pack inspect --minimal" "$tool inspect --minimal /usr/bin/git" \
  "rootfs-pack inspect, with all that it will need" "$tool inspect /usr/bin/git" \
  "ld.so --list (runs the loader)" "$loader --list /usr/bin/git" \
  "rootfs-pack --version (start-up alone)" "$tool --version"

# Every ELF file of the system, one process for all of them.
/usr/bin/python3 - > "$work/files" <<'PYTHON'
import os

for folder, _, names in os.walk("/usr"):
    for name in names:
        path = os.path.join(folder, name)
        if os.path.isfile(path) and not os.path.islink(path):
            with open(path, "rb") as file:
                if file.read(4) == b"\x7fELF":
                    print(path)
PYTHON
count=$(wc -l < "$work/files")
measure "closures of all $count ELF files of /usr" "$count" 7 \
  "libtree, from a list of them" "$(script all-libtree xargs -a "$work/files" libtree)" \
  "rootfs-pack inspect --minimal, from the same list" \
  "$(script all-list xargs -a "$work/files" "$tool" inspect --minimal)" \
  "rootfs-pack inspect --minimal /usr, which finds them" \
  "$(script all-tree "$tool" inspect --minimal /usr)" \
  "rootfs-pack inspect /usr, with all that they will need" "$(script all-needs "$tool" inspect /usr)"
# Python: a sample is enough.
shuf --random-source=<(yes) -n 200 "$work/files" > "$work/sample"
measure "closures of 200 of them" 200 3 \
  "lddtree" "$(script some-lddtree xargs -a "$work/sample" "${lddtree[@]}")" \
  "libtree" "$(script some-libtree xargs -a "$work/sample" libtree)" \
  "rootfs-pack inspect --minimal" \
  "$(script some-tool xargs -a "$work/sample" "$tool" inspect --minimal)"
/usr/bin/time -f '%M' -o "$work/memory" "$tool" inspect /usr >/dev/null 2>&1 || true
echo "| peak memory of inspect /usr | rootfs-pack | $(($(tail -n 1 "$work/memory") / 1024)) MB | | |"

# What binds symbols beside the closures: the same programs, and what ldd says of some of them.
binaries=$(find /usr/bin -type f | wc -l)
measure "faults of /usr/bin, $binaries files" 0 5 \
  "rootfs-pack inspect" "$(script bin-inspect "$tool" inspect /usr/bin)" \
  "rootfs-pack check" "$(script bin-check "$tool" check /usr/bin)" \
  "rootfs-pack check --hardening" "$(script bin-hard "$tool" check --hardening /usr/bin)"
grep '^/usr/bin/' "$work/files" | shuf --random-source=<(yes) -n 100 > "$work/binaries"
measure "undefined symbols of 100 of its programs" 100 5 \
  "ldd -r (runs the loader)" "$(script some-ldd xargs -a "$work/binaries" ldd -r)" \
  "rootfs-pack check" "$(script some-check xargs -a "$work/binaries" "$tool" check)"

# The sample server's image is read back and simulated, and then runs, answers and ends.
"$scripts/build-sample-server.sh" --scratch-path "$scripts/../.build/quick-start/sample-server" \
  "$work/sample-server" >/dev/null 2>&1
(cd "$work/sample-server" && "$tool" sample-server -q -o "$work/server.oci.tar")
measure "proof of the sample server's image" 0 20 \
  "rootfs-pack verify --until loader" "$tool verify --until loader $work/server.oci.tar" \
  "rootfs-pack verify --http :8080/, with its start" "$tool verify --http :8080/ $work/server.oci.tar"

# How the time grows: directories with so many of the files.
for number in 100 300 1000 3000; do
  mkdir "$work/tree-$number"
  shuf --random-source=<(yes) -n "$number" "$work/files" | while read -r file; do
    mkdir -p "$work/tree-$number$(dirname "$file")"
    ln "$file" "$work/tree-$number$file" 2>/dev/null || cp "$file" "$work/tree-$number$file"
  done
  measure "closures of $number files in a directory" "$number" 7 \
    "rootfs-pack inspect --minimal" \
    "$(script "grow-$number" "$tool" inspect --minimal "$work/tree-$number")"
  rm -rf "$work/tree-$number"
done

# The same bytes through tar, from the list of what the loader would load.
swift_program=$(command -v swift-frontend || true)
if [ -n "$swift_program" ]; then
  swift_program=$(readlink -f "$swift_program")
  { echo "$swift_program"; ldd "$swift_program" | sed -n 's/.* => \([^ ]*\) .*/\1/p'; } > "$work/list"
  # What comes after the first dash goes through a pipe, as people type it.
  pipe() { # NAME COMPRESSOR...
    local name=$1
    shift
    printf '#!/bin/sh\ntar --dereference -C / -cf - -T %q 2>/dev/null | %s > %q\n' \
      "$work/list" "$*" "$work/$name.out" > "$work/$name"
    chmod +x "$work/$name"
    echo "$work/$name"
  }
  measure "pack swift-frontend with its libraries: .tar" 0 7 \
    "GNU tar of ldd's list" \
    "$(script pack-tar tar --dereference -C / -cf "$work/tar.tar" -T "$work/list")" \
    "rootfs-pack" "$(script pack-tool "$tool" "$swift_program" -q -o "$work/ours.tar")" \
    "cp of the same files, to one directory" \
    "$(mkdir "$work/copies" && script copy xargs -a "$work/list" cp -t "$work/copies")"
  measure "the same: .tar.zst" 0 5 \
    "tar | zstd -T0 -3" "$(pipe pack-zstd zstd -q -T0 -3)" \
    "rootfs-pack" "$(script pack-tool "$tool" "$swift_program" -q -o "$work/ours.tar.zst")"
  measure "the same: image of gzip layers, digests included" 0 3 \
    "tar | pigz -6" "$(pipe pack-gzip pigz -6)" \
    "rootfs-pack (.oci.tar)" \
    "$(script pack-tool "$tool" "$swift_program" -q -o "$work/ours.oci.tar")"
  for name in tar tar.zst oci.tar; do
    /usr/bin/time -f '%M' -o "$work/memory" "$tool" "$swift_program" -q -o "$work/ours.$name"
    size=$(($(stat --format %s "$work/ours.$name") / 1000000))
    echo "| peak memory for .$name of $size MB | rootfs-pack |" \
      "$(($(tail -n 1 "$work/memory") / 1024)) MB | | |"
  done
  for name in pack-zstd pack-gzip; do
    echo "| size of the peer's | $name | $(($(stat --format %s "$work/$name.out") / 1000000)) MB | | |"
  done
fi
