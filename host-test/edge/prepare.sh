# Sourced by `run` and `load`: installs what the hosts are, as far as it can be had, and composes the file that they serve.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/host-test/edge
cd "$root"
. host-test/python.sh
install_python || true
cd "$here"
outwit=${OUTWIT:-$root/target/debug/outwit}
app=$root/target/edge-app.wasm

die() {
  echo "edge: $*" >&2
  exit 1
}

# What is missing is said loudly; with --require it is an error.
skipped() {
  [ "$require" = no ] || die "$1 is required: $2"
  echo "edge: SKIPPED: $1: $2" >&2
}

# The client and the validator; jco, a host, is optional.
install_node() {
  (cd "$here" && npm install --no-package-lock --no-audit --no-fund --silent)
}

# Why a host cannot be used; nothing where it can.
missing() {
  (cd "$here" && node -e 'import("./hosts.mjs").then(({ missing }) => console.log(missing(process.argv[1]) ?? ""))' "$1")
}

[ -x "$outwit" ] || die "$outwit is not there: cargo build --bin outwit"
compose() {
  local tour vendors=()
  for tour in "$root"/components/*/tour.json; do vendors+=("$(basename "$(dirname "$tour")")"); done
  "$outwit" compose "${vendors[@]}" -o "$app"
  sha256sum "$app"
}
