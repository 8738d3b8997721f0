#!/usr/bin/env bash
# usage: boot-initramfs.sh KERNEL CPIO EXPECTED
# Boots a kernel in an emulated machine whose first and only files are those of CPIO, compressed or
# not, and checks that its /init prints EXPECTED and ends the machine. /init is started with the
# argument `poweroff`. Prints what the console showed.
set -euo pipefail
[ $# = 3 ] || { sed -n '2,5p' "${BASH_SOURCE[0]}" >&2; exit 2; }
limit=120

# Emulated, for there may be no hardware to lend; nothing but a console. A kernel that finds no
# /init panics, and restarts at once, which ends the emulator like switching off does.
code=0
console=$(timeout "$limit" qemu-system-x86_64 -accel tcg -cpu max -m 256 -nodefaults -nographic \
  -serial stdio -no-reboot -kernel "$1" -initrd "$2" \
  -append "console=ttyS0 panic=-1 quiet -- poweroff" < /dev/null 2>&1 | tr -d '\r') || code=$?
printf '%s\n' "$console"

fail() { echo "boot-initramfs.sh: $*" >&2; exit 1; }
[ "$code" != 124 ] || fail "the machine was still on after $limit seconds"
[ "$code" = 0 ] || fail "the emulator ended with $code"
grep --quiet --fixed-strings -- "$3" <<< "$console" || fail "'$3' wasn't printed"
