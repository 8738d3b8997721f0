#!/usr/bin/env bash
# Builds the image of the sample web server; --help says more.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/build-image.sh [OPTION...]

Builds the image of the sample web server in two phases: Dockerfile.build compiles everything and
packs the server as runtime.tar, Dockerfile adds runtime.tar to an empty image.

  --tag NAME           the image's name (default: sample-server)
  --engine NAME        docker or podman (default: docker if an engine answers, podman otherwise)
  --phase 1|2          one phase only; phase 2 needs the runtime.tar of an earlier phase 1
  --runtime-tar PATH   where runtime.tar is (default: runtime.tar at the top of the checkout)
  --swift-image NAME   the base of phase 1 (default: what Dockerfile.build names)
  --network MODE       the network of the build steps, as in "docker build --network MODE"

BUILD_DATE, VCS_REF and VERSION in the environment override what the image's labels say. With
SOURCE_DATE_EPOCH set, the build date is that moment.

example: scripts/build-image.sh --tag sample-server:1.0 && \
           docker run --rm --publish 8080:8080 sample-server:1.0
TEXT
}

fail() {
  echo "build-image.sh: $1" >&2
  exit "${2:-3}"
}

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tag=sample-server
engine=
phase=both
runtime_tar=$repository/runtime.tar
phase1_options=()
build_options=()

while [ $# -gt 0 ]; do
  case $1 in
    --help | -h)
      usage
      exit 0
      ;;
    --tag | --engine | --phase | --runtime-tar | --swift-image | --network)
      [ $# -ge 2 ] || fail "$1 needs a value" 2
      case $1 in
        --tag) tag=$2 ;;
        --engine) engine=$2 ;;
        --phase) phase=$2 ;;
        --runtime-tar) runtime_tar=$(realpath --canonicalize-missing -- "$2") ;;
        --swift-image) phase1_options+=(--build-arg "SWIFT_IMAGE=$2") ;;
        --network) build_options+=(--network "$2") ;;
      esac
      shift 2
      ;;
    *) fail "unknown argument '$1'; --help lists the options" 2 ;;
  esac
done

case $phase in
  1 | 2 | both) ;;
  *) fail "--phase is 1 or 2, not '$phase'" 2 ;;
esac
case $engine in
  docker | podman)
    command -v "$engine" >/dev/null || fail "there is no $engine on the PATH"
    ;;
  '')
    # A docker client alone is no engine, so the server is asked.
    if docker version >/dev/null 2>&1; then
      engine=docker
    elif command -v podman >/dev/null; then
      engine=podman
    else
      fail "neither a docker engine nor podman is here; install one, or start dockerd"
    fi
    ;;
  *) fail "--engine is docker or podman, not '$engine'" 2 ;;
esac

work=$(mktemp -d)
partial=$runtime_tar.partial.$$
trap 'rm -rf "$work" "$partial"' EXIT

if [ "$phase" != 2 ]; then
  echo "phase 1: $engine builds Dockerfile.build"
  "$engine" build "${build_options[@]}" "${phase1_options[@]}" --iidfile "$work/iid" \
    --file "$repository/Dockerfile.build" "$repository"
  # The network is of no use to a program that copies a file, and not every engine has one.
  "$engine" run --rm --network none "$(cat "$work/iid")" > "$partial"
  mv "$partial" "$runtime_tar"
  echo "phase 1: $runtime_tar, $(stat --format %s "$runtime_tar") bytes"
fi

if [ "$phase" != 1 ]; then
  [ -f "$runtime_tar" ] || fail "there is no $runtime_tar; phase 1 makes it"
  echo "phase 2: $engine builds Dockerfile"
  now=@${SOURCE_DATE_EPOCH:-$(date +%s)}
  build_date=${BUILD_DATE:-$(date --utc --date "$now" +%Y-%m-%dT%H:%M:%SZ)}
  vcs_ref=${VCS_REF:-$(git -C "$repository" rev-parse HEAD 2>/dev/null || echo unknown)}
  version=${VERSION:-$(git -C "$repository" describe --tags --always --dirty 2>/dev/null ||
    echo unknown)}
  # A context that holds the one file: nothing else has to be sent to the engine.
  mkdir "$work/context"
  ln "$runtime_tar" "$work/context/runtime.tar" 2>/dev/null ||
    cp "$runtime_tar" "$work/context/runtime.tar"
  "$engine" build "${build_options[@]}" \
    --build-arg "BUILD_DATE=$build_date" \
    --build-arg "VCS_REF=$vcs_ref" \
    --build-arg "VERSION=$version" \
    --tag "$tag" --file "$repository/Dockerfile" "$work/context"
  echo "phase 2: image $tag; run it with:"
  echo "  $engine run --rm --publish 8080:8080 $tag"
fi
