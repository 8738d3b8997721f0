#!/usr/bin/env bash
# Measures rootfs-pack against its peers in one run; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/bench.sh [--runs N]

Builds rootfs-pack as it is shipped, installs its peers (hyperfine, libtree) and prints a table of
ratios, all measured in the same run on this machine. Run it on a quiet machine; times of different
machines can't be compared, ratios can.

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
"$scripts/install-packages.sh" hyperfine jq libelf-dev libtree pkg-config zlib1g-dev
tool=$("$scripts/build-release.sh" 2>/dev/null)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Prints one table row for each command of a hyperfine result, in ratios to the first.
rows() {
  jq --raw-output --arg title "$1" '
    .results as $all | $all[] |
    "| \($title) | \(.command_name // .command) | \(.median * 10000 | round / 10) ms | "
    + "\(.median / $all[0].median * 100 | round / 100) |"' "$work/result.json"
}

measure() { # TITLE RUNS then pairs of NAME COMMAND, the peer first
  local title=$1 count=$2
  shift 2
  local arguments=()
  local names=()
  while [ $# -gt 0 ]; do
    names+=("$1")
    arguments+=("$2")
    shift 2
  done
  hyperfine --shell none --warmup 20 --runs "$count" --ignore-failure \
    --export-json "$work/result.json" "${arguments[@]}" >/dev/null 2>&1
  local index
  for index in "${!names[@]}"; do
    jq --arg name "${names[$index]}" ".results[$index].command_name = \$name" \
      "$work/result.json" > "$work/named.json"
    mv "$work/named.json" "$work/result.json"
  done
  rows "$title"
}

loader=$(readelf --program-headers /bin/true | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
echo "| work | command | median | ratio to the peer |"
echo "| --- | --- | --- | --- |"
measure "closure of /usr/bin/git, whole process" "$runs" \
  "libtree" "libtree /usr/bin/git" \
  "rootfs-pack inspect" "$tool inspect /usr/bin/git" \
  "ld.so --list (runs the loader)" "$loader --list /usr/bin/git" \
  "rootfs-pack --version (start-up alone)" "$tool --version"

# Every dynamic ELF program and library of the system, one process each.
# shellcheck disable=SC2016 # the inner shell expands
find /usr/bin /usr/sbin /usr/lib -type f \( -perm /111 -o -name '*.so*' \) -print0 |
  xargs -0 -n 200 sh -c 'for file; do
    [ "$(head -c 4 "$file" | tail -c 3)" = ELF ] && printf "%s\n" "$file"
  done; true' sh > "$work/files" 2>/dev/null
readarray -t files < "$work/files"
echo "${#files[@]}" > "$work/count"
printf '#!/bin/sh\nxargs -a %s %s inspect > /dev/null\n' "$work/files" "$tool" > "$work/all-tool"
printf '#!/bin/sh\nxargs -a %s libtree > /dev/null\n' "$work/files" > "$work/all-libtree"
chmod +x "$work/all-tool" "$work/all-libtree"
measure "closures of ${#files[@]} files of /usr" 5 \
  "libtree" "$work/all-libtree" "rootfs-pack inspect" "$work/all-tool"

# The same bytes through tar, from the list of what the loader would load.
swift_program=$(command -v swift-frontend || true)
if [ -n "$swift_program" ]; then
  swift_program=$(readlink -f "$swift_program")
  { echo "$swift_program"; ldd "$swift_program" | sed -n 's/.* => \([^ ]*\) .*/\1/p'; } > "$work/list"
  printf '#!/bin/sh\ntar --dereference -C / -cf %s/tar.tar -T %s 2>/dev/null\n' "$work" "$work/list" \
    > "$work/pack-tar"
  printf '#!/bin/sh\n%s %s -q -o %s/ours.tar\n' "$tool" "$swift_program" "$work" > "$work/pack-tool"
  chmod +x "$work/pack-tar" "$work/pack-tool"
  measure "pack swift-frontend with its libraries" 5 \
    "GNU tar of ldd's list" "$work/pack-tar" "rootfs-pack" "$work/pack-tool"
fi
