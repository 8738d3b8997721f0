#!/usr/bin/env bash
# Unpacks Python wheels for the parity tests; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/test-wheels.sh DIRECTORY

Downloads wheels that bring their libraries along, under changed names and found through $ORIGIN, and
unpacks them: those for glibc into DIRECTORY/glibc, those for musl into DIRECTORY/musl, which becomes
a root with musl's loader, its default directories and programs compiled for it. A DIRECTORY that is
there already is left alone. Safe to run twice.

Needs python3 with pip, and musl-gcc.

example: scripts/test-wheels.sh .build/corpora/wheels
TEXT
}

case ${1:-} in
  '') usage >&2; exit 2 ;;
  --help | -h) usage; exit 0 ;;
  -*) echo "test-wheels.sh: unknown option '$1'; --help says more" >&2; exit 2 ;;
esac
mkdir -p "$1"
directory=$(cd "$1" && pwd)

# Large closures, plug-ins that need one another, paths of several elements.
for_both=(
  cryptography==42.0.8
  lxml==5.2.2
  numpy==1.26.4
  pillow==10.3.0
  psycopg2-binary==2.9.9
  pyzmq==26.0.3
  shapely==2.1.0
)
for_glibc=(
  h5py==3.11.0
  opencv-python-headless==4.10.0.84
  PyQt5-Qt5==5.15.2
  PyQt5==5.15.10
  scipy==1.13.1
)

# download DESTINATION PLATFORM... -- WHEEL...: for the processor of the loaders that judge them.
download() {
  local destination=$1 arguments=()
  shift
  while [ "$1" != -- ]; do
    arguments+=(--platform "$1_x86_64")
    shift
  done
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --python-version 3.11 --implementation cp --abi cp311 --abi abi3 --abi none \
    --dest "$destination" "${arguments[@]}" "${@:2}"
}

# unpack ARCHIVES DESTINATION: what can be loaded, each wheel in a directory of its own, since one
# Python environment would mix their libraries' directories as no wheel expects.
unpack() {
  python3 - "$1" "$2" <<'PY'
import pathlib, sys, zipfile

for archive in sorted(pathlib.Path(sys.argv[1]).glob("*.whl")):
    place = pathlib.Path(sys.argv[2], archive.name.split("-")[0])
    with zipfile.ZipFile(archive) as wheel:
        # Also libraries of other names than *.so: whatever begins as an ELF file does.
        for entry in wheel.infolist():
            with wheel.open(entry) as file:
                if file.read(4) == b"\x7fELF":
                    wheel.extract(entry, place)
PY
}

# make NAME PLATFORM... -- WHEEL...
make() {
  local name=$1 made=$directory/.$1.made work=$directory/.$1.work wanted
  shift
  wanted=$(printf '%s\n' "$@" | cat - "${BASH_SOURCE[0]}" | sha256sum)
  if [ "$(cat "$made" 2>/dev/null)" = "$wanted" ]; then return; fi
  rm -rf "${directory:?}/$name" "$work"
  mkdir -p "$directory/$name" "$work"
  download "$work" "$@"
  unpack "$work" "$directory/$name/opt/wheels"
  if [ "$name" = musl ]; then make_musl_root "$directory/$name"; fi
  rm -r "$work"
  echo "$wanted" > "$made"
  echo "$name: $(du -sm "$directory/$name" | cut -f 1) MB"
}

# make_musl_root ROOT: musl's loader beside the wheels, and programs that are started there.
make_musl_root() {
  local wheel directory libraries
  mkdir -p "$1/lib" "$1/usr/lib" "$1/usr/local/lib" "$1/usr/bin"
  cp --dereference /lib/ld-musl-x86_64.so.1 "$1/lib/"
  # Programs that need all libraries of a wheel, and lead them to one another: with musl a search path
  # serves what is loaded by it, too.
  for wheel in "$1/opt/wheels"/*; do
    directory=$(find "$wheel" -name '*.libs' -type d)
    [ -n "$directory" ] || continue
    mapfile -t libraries < <(find "$directory" -type f | sort)
    echo 'int main(void) { return 0; }' |
      musl-gcc -o "$1/usr/bin/${wheel##*/}" -x c - -x none -Wl,--no-as-needed "${libraries[@]}" \
        -Wl,--unresolved-symbols=ignore-all -Wl,-rpath,"\$ORIGIN/../..${directory#"$1"}"
  done
}

make glibc manylinux_2_28 manylinux_2_17 manylinux2014 -- "${for_both[@]}" "${for_glibc[@]}"
make musl musllinux_1_2 musllinux_1_1 -- "${for_both[@]}"
