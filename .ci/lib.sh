# shellcheck shell=bash
# Functions that the scripts of the gate share; to be sourced with the workspace's root as the current folder.

# The compiler whose error texts are in the `.stderr` files of tests/ui/fail, and whose rustdoc JSON the API snapshot reads.
pinned_rust=1.95

mkdir -p target/gate
: "${GATE_LOG:=$PWD/target/gate/steps}"
export GATE_LOG

# Runs one command of the gate, under a headline, and records how long it took.
step() {
  local began=$SECONDS status=0
  printf '\n== %s\n' "$*"
  "$@" || status=$?
  printf '== %d s: %s\n' "$((SECONDS - began))" "$*"
  printf '%5d s  %s%s\n' "$((SECONDS - began))" "$*" "$([ "$status" = 0 ] || echo " (failed)")" >>"$GATE_LOG"
  return "$status"
}

# Reports a check that this machine cannot run: a failure with CI=true, else a line of the closing summary.
skip() {
  if [ "${CI:-}" = true ]; then
    echo "error: $1" >&2
    exit 1
  fi
  echo "skipped: $1"
  printf 'skipped: %s\n' "$1" >>"$GATE_LOG"
}

# Installs a cargo tool into target/tools, unless exactly that version is there: tool <crate> <version> [<binary>]
tool() {
  local binary=target/tools/bin/${3:-$1} stamp=target/tools/$1-$2
  if [ ! -x "$binary" ] || [ ! -e "$stamp" ]; then
    # One target folder for all tools, so that shared dependencies are built once.
    CARGO_TARGET_DIR=$PWD/target/tools/build step cargo install --quiet --locked --force --root target/tools "$1@$2"
    rm -f "target/tools/$1-"[0-9]*
    touch "$stamp"
  fi
}

# Succeeds if the compiler is the pinned one.
is_pinned_rust() {
  [[ $(rustc --version) == "rustc $pinned_rust."* ]]
}

# Uses the pinned toolchain if rustup has it under its version, whatever the default toolchain is.
use_pinned_rust() {
  if ! is_pinned_rust && command -v rustup >/dev/null &&
    rustup run "$pinned_rust.0" rustc --version >/dev/null 2>&1; then
    export RUSTUP_TOOLCHAIN=$pinned_rust.0
  fi
  is_pinned_rust || skip "this is $(rustc --version), and the error texts are those of Rust $pinned_rust"
}
