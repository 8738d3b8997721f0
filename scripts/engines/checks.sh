# shellcheck shell=bash
# What the check scripts share; sourced, not run. They set `engine`, which stands before each line,
# and end with `totals`. $work is a folder that goes away with the script, by `finish_checks`.

work=$(mktemp -d "${TMPDIR:-/tmp}/checks.XXXXXX")
passed=0
failed=0

finish_checks() {
  rm -rf "$work"
}
trap finish_checks EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# check NAME COMMAND [ARG...]: the command's success is the result
check() {
  local name=$1
  shift
  if "$@" > "$work/check" 2>&1; then
    passed=$((passed + 1))
    echo "ok      ${engine:?}: $name"
  else
    failed=$((failed + 1))
    echo "FAILED  ${engine:?}: $name"
    # The end of a long build's output tells why it failed.
    tail -n 60 "$work/check" | sed 's/^/        /'
  fi
}

equals() {
  [ "$1" = "$2" ] || { echo "expected: $2"; echo "found:    $1"; return 1; }
}

contains() {
  grep --quiet --fixed-strings -- "$2" "$1" || { echo "no '$2' in:"; cat "$1"; return 1; }
}

lacks() {
  ! grep --ignore-case -- "$2" "$1"
}

at_most() {
  [ "$1" -le "$2" ] || { echo "$1 is more than $2"; return 1; }
}

valid_json() {
  jq --exit-status "$2" "$1" >/dev/null || { echo "not true of the answer: $2"; cat "$1"; return 1; }
}

totals() {
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
