# shellcheck shell=bash
# The cache of what takes long to make: one folder an entry, outside the checkout, named after the thing, its version and
# a digest of what else decides how it comes out. An entry appears by one rename, so an interrupted build leaves none.

# digest TEXT [FILE...]: twelve digits that change with the text and the files' content. The text is most often the one of
# the function that makes the entry.
digest() {
  printf '%s\n' "$1" | cat - "${@:2}" | sha256sum | cut -c 1-12
}

# cached TEXT KEY FUNCTION: sets CACHED to the folder of KEY. If there is none, FUNCTION fills it first: it gets
# the folder's path as its argument and runs once, however many ask at the same time.
cached() {
  local text=$1 key=$2 function=$3 building lock
  CACHED=$CACHE_DIR/$key
  [[ -d $CACHED ]] && return
  building=$CACHE_DIR/.building-$key
  mkdir -p "$CACHE_DIR"
  exec {lock}>"$CACHE_DIR/.lock-$key"
  if ! flock -n "$lock"; then
    say "· $text: another process is at it, waiting"
    flock "$lock"
  fi
  if [[ ! -d $CACHED ]]; then
    rm -rf "$building"
    mkdir "$building"
    step "$text" "$function" "$building"
    mv "$building" "$CACHED"
  fi
  rm -f "$CACHE_DIR/.lock-$key"
  exec {lock}>&-
}
