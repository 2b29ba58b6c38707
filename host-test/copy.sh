# Copies of this tree in which scripts build: sourced, with the tree in `root` and the copy's folder in `copy`.

# The files of the tree, as they stand.
copy_tree() {
  git ls-files -co --exclude-standard | while read -r file; do
    # A file that is deleted and not yet committed is listed, too.
    [ ! -f "$file" ] || cp -a --parents "$file" "$copy"
  done
}

# A target folder in the copy.
own_target() {
  mkdir "$copy/target"
  # The mark by which the host's build script finds its target folder; cargo makes it only with a new folder.
  [ ! -f "$root/target/CACHEDIR.TAG" ] || cp "$root/target/CACHEDIR.TAG" "$copy/target"
  export CARGO_TARGET_DIR=$copy/target
}

# Gives the copy what was compiled of crates from elsewhere, which takes minutes. Libraries are hard links: a compiler
# puts a new file in the place of an old one. What cargo and build scripts write into is copied. The crates of this
# workspace are compiled anew: they remember the folder that they were built in, and cargo does not see that it changed.
reuse() {
  local from=$root/target/$1 to=$copy/target/$1 ours
  [ -d "$from/.fingerprint" ] || return 0
  mkdir -p "$to/deps"
  cp -a "$from/.fingerprint" "$from/build" "$to"
  find "$from/deps" \( -name '*.rlib' -o -name '*.rmeta' -o -name '*.so' \) -exec cp -al -t "$to/deps" {} +
  for ours in $(cargo tree --workspace --depth 0 --prefix none | cut -d ' ' -f 1); do
    rm -rf "$to"/{.fingerprint,build}/"$ours"-???????????????? "$to/deps/lib${ours//-/_}"-*
  done
}
