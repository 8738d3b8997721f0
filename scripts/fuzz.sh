#!/usr/bin/env bash
# Feeds damaged files to everything that reads files of others; --help says more.
set -euo pipefail

readers=(image symbols tables notes cache strings preload closure needs archive)

usage() {
  cat <<'TEXT'
usage: scripts/fuzz.sh [--seconds N] [READER...]

Builds the fuzz targets, makes the files that they begin with, and runs each with bounds on time and
memory. A file that a reader crashes, hangs or uses too much memory on is a finding: its path and how
to read it again are printed, and the exit code is 1.

  --seconds N  how long each reader is run (default: 10)
  READER       one of the following (default: all of them)

TEXT
  printf '  %-8s %s\n' \
    image "whole ELF files, in memory, behind a descriptor and shrinking" \
    symbols "their symbol tables" \
    tables "what binding reads of them: symbols, versions, relocations" \
    notes "PT_NOTE segments" \
    cache "ld.so.cache, as loaders of several machines read it" \
    strings "the constants of a loader" \
    preload "ld.so.preload" \
    closure "whole closures, checked, with an ELF file as program, library and loader" \
    needs "configuration, scripts and assemblies that tell what programs ask for" \
    archive "tar, cpio and image archives, compressed or not, which are unpacked in /dev/shm"
  cat <<'TEXT'

What the runs find worth keeping stays in .build/fuzz/corpus, where the next run goes on.

example: scripts/fuzz.sh --seconds 600 image closure
TEXT
}

seconds=10
chosen=()
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit 0 ;;
    --seconds) seconds=${2:?--seconds needs a number}; shift 2 ;;
    -*) echo "fuzz.sh: unknown option '$1'; --help lists the options" >&2; exit 2 ;;
    *)
      [[ " ${readers[*]} " == *" $1 "* ]] ||
        { echo "fuzz.sh: no reader '$1'; --help lists them" >&2; exit 2; }
      chosen+=("$1")
      shift
      ;;
  esac
done
[ ${#chosen[@]} -gt 0 ] || chosen=("${readers[@]}")

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$scripts/.."
"$scripts/install-packages.sh" cpio libdeflate-dev libelf-dev libzstd-dev pkg-config python3 \
  zlib1g-dev zstd
work=$PWD/.build/fuzz

# The toolchain brings libFuzzer's loop for programs that have a main function of their own.
resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
ROOTFS_PACK_FUZZ=$resources/clang/lib/linux/libclang_rt.fuzzer_no_main-$(uname -m).a
[ -e "$ROOTFS_PACK_FUZZ" ] || { echo "fuzz.sh: the toolchain has no $ROOTFS_PACK_FUZZ" >&2; exit 3; }
export ROOTFS_PACK_FUZZ
swift build --configuration release --scratch-path "$work" --product Fuzzing
program=$work/release/Fuzzing
rm -rf "$work/seeds"
"$scripts/fuzz-seeds.py" "$work/seeds"

# Swift's own report of a crash would wait for a key. What is freed is soon given back, so that the
# limit is on what is in use.
export SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS=quarantine_size_mb=16:detect_leaks=1
# Swift marks bits of the pointers in its enumerations, so that constants which hold some look lost.
# They are told by the function that makes them, whose name the symbolizer knows.
echo 'leak:once_slow' > "$work/suppressions"
export ASAN_SYMBOLIZER_PATH=${resources%/lib/swift}/bin/llvm-symbolizer
export LSAN_OPTIONS=suppressions=$work/suppressions:print_suppressions=0
findings=
for reader in "${chosen[@]}"; do
  mkdir -p "$work/corpus/$reader" "$work/findings/$reader"
  log=$work/$reader.log
  # An image has a block for each of its documents, at least.
  size=8192
  [ "$reader" != archive ] || size=32768
  if "$program" "--reader=$reader" -max_total_time="$seconds" -timeout=25 -rss_limit_mb=512 \
    -malloc_limit_mb=64 -max_len="$size" -dict="$work/seeds/dictionary" -print_final_stats=1 \
    -artifact_prefix="$work/findings/$reader/" \
    "$work/corpus/$reader" "$work/seeds/$reader" > "$log" 2>&1; then
    sed -n 's|^#\([0-9]*\)[[:space:]]*DONE *cov: \([0-9]*\).*exec/s: \([0-9]*\).*|\1 \3 \2|p' "$log" |
      while read -r runs speed places; do
        echo "$reader: $runs runs, $speed a second, $places places of the code reached"
      done
  else
    findings=yes
    sed -n 's/.*Test unit written to \(.*\)/\1/p' "$log" | while read -r file; do
      echo "$reader: $file; again: SWIFT_BACKTRACE=enable=no $program --reader=$reader $file"
    done
    # The cause stands before what libFuzzer tells of the input.
    grep --max-count=5 -E 'ERROR:|SUMMARY:|Fatal error|out-of-memory|timeout' "$log" || tail "$log"
  fi
done
[ -z "$findings" ] || exit 1
