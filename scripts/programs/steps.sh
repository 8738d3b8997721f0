# shellcheck shell=bash
# What the proofs of fixtures/programs are written in; prove.sh reads this file, then the proof's, which
# says `pack`, `prove` and, if something has to be there before, `prepare`.
#
# $work is a directory for files of the proof, $root the Debian root, in which they may change what they
# like, and $bundle the unpacked bundle.

work=$(mktemp -d "${TMPDIR:-/tmp}/program.XXXXXX")
# The layers lie in memory: an overlay can't be changed where its layer is an overlay itself.
mount -t tmpfs -o mode=755 tmpfs "$work"
root=$work/root
bundle=$work/bundle
current_step=

# Prints the reason and everything that the programs have said.
on_exit() {
  local code=$? log
  if [ "$code" != 0 ]; then
    echo "${name:?}: failed at: $current_step" >&2
    for log in "$work"/logs/*; do
      [ -s "$log" ] || continue
      echo "--- ${log##*/}" >&2
      tail -n 40 "$log" >&2
    done
  fi
  cd /
  umount --lazy "$work"
  rmdir "$work"
  [ "$code" = 0 ] || exit 1
}
trap on_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step() { current_step=$*; }

set_up() {
  mkdir "$work/logs" "$work/upper" "$work/layer" "$root" "$bundle"
  mount -t overlay overlay \
    -o "lowerdir=${debian_root:?},upperdir=$work/upper,workdir=$work/layer" "$root"
  mount_system "$root"
  # Both sides see what the proof makes.
  mkdir "$work/shared" "$root/shared"
  mount --bind "$work/shared" "$root/shared"
  ip link set lo up
}

# What a container has beside its image.
mount_system() {
  local device
  mkdir -p "$1/proc" "$1/dev"
  mount -t proc proc "$1/proc"
  mount -t tmpfs -o mode=755 tmpfs "$1/dev"
  for device in null zero full random urandom tty; do
    touch "$1/dev/$device"
    mount --bind "/dev/$device" "$1/dev/$device"
  done
  mkdir -m 1777 "$1/dev/shm"
  ln -s /proc/self/fd "$1/dev/fd"
  ln -s /proc/self/fd/0 "$1/dev/stdin"
  ln -s /proc/self/fd/1 "$1/dev/stdout"
  ln -s /proc/self/fd/2 "$1/dev/stderr"
}

# run_pack FILE... [OPTION...]: the one call that makes the bundle
run_pack() {
  local arguments=(--no-config --root "$root" "$@" "${pack_options[@]}")
  if [ -n "${pack_only:-}" ]; then
    "${rootfs_pack:?}" "${arguments[@]}" --dry-run --json > "$pack_only/$name.json"
    "$rootfs_pack" "${arguments[@]}" --quiet --output "$pack_only/$name.tar"
    return
  fi
  "${rootfs_pack:?}" "${arguments[@]}" --output "$work/bundle.tar" > "$work/logs/rootfs-pack" 2>&1
  tar --extract --numeric-owner --same-owner --same-permissions --file "$work/bundle.tar" \
    --directory "$bundle"
  rm "$work/bundle.tar"
}

enter_bundle() { mount_system "$bundle"; }

# As engines start a program: in the bundle, as root, with these variables alone.
bundle_environment=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root)

# inside PROGRAM [ARG...]: runs a program of the bundle
inside() { env --ignore-environment "${bundle_environment[@]}" chroot "$bundle" "$@"; }

# inside_as UID:GID PROGRAM [ARG...]
inside_as() {
  local user=$1
  shift
  env --ignore-environment "${bundle_environment[@]}" \
    chroot --userspec="$user" --groups= "$bundle" "$@"
}

# debian PROGRAM [ARG...]: runs a program of the Debian root
debian() {
  env --ignore-environment "${bundle_environment[@]}" LC_ALL=C.UTF-8 chroot "$root" "$@"
}

# start LOG COMMAND...: in the background, with what it says kept
start() {
  local log=$work/logs/$1
  shift
  "$@" > "$log" 2>&1 < /dev/null &
}

# within SECONDS COMMAND...: tries until it succeeds, as long as what was started runs
within() {
  local end=$((SECONDS + $1))
  shift
  until "$@" > "$work/logs/last-try" 2>&1; do
    [ "$SECONDS" -lt "$end" ] && [ -n "$(jobs -r)" ] || return 1
    sleep 0.1
  done
}

# ended_within SECONDS PROCESS: whether what was started ends, and with 0
ended_within() {
  timeout "$1" tail --pid="$2" --sleep-interval=0.1 --follow /dev/null && wait "$2"
}

# says EXPECTED COMMAND...: whether it succeeds and says just that
says() {
  local expected=$1 found
  shift
  found=$("$@" 2> "$work/logs/errors") || {
    echo "'$*' ended with $?, having said: $found" > "$work/logs/result"
    return 1
  }
  [ "$found" = "$expected" ] || {
    printf "'%s'\nexpected: %s\nfound:    %s\n" "$*" "$expected" "$found" > "$work/logs/result"
    return 1
  }
}

# make_certificates: an authority, and a server's certificate and key for localhost, in $work/shared
make_certificates() {
  debian openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj /CN=authority -keyout /shared/authority.key -out /shared/authority.crt
  debian openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost \
    -keyout /shared/server.key -out /shared/server.csr
  printf 'subjectAltName=DNS:localhost' > "$work/shared/extensions"
  debian openssl x509 -req -days 2 -in /shared/server.csr -extfile /shared/extensions \
    -CA /shared/authority.crt -CAkey /shared/authority.key -CAcreateserial -out /shared/server.crt
} 2> /dev/null
