# shellcheck shell=bash
# The two images that the node runs, made without Docker: sets PAUSE_IMAGE_DIR and FLINK_IMAGE_DIR, folders with `image.tar`
# (an OCI image layout) and `digest`.

# need_pause_image: a pod's sandbox.
need_pause_image() {
  need_packages python3=python3
  need_pause
  cached 'making the pause image' "pause-image-$(digest "$(declare -f build_pause_image)" "$PAUSE_BIN/pause" "$DEV_DIR/lib/oci.py")" build_pause_image
  PAUSE_IMAGE_DIR=$CACHED
}

build_pause_image() {
  layer "$1/layer.tar" -C "$PAUSE_BIN" pause
  python3 "$DEV_DIR/lib/oci.py" "$1" "$PAUSE_IMAGE" '{"Entrypoint": ["/pause"], "User": "65535:65535"}' "$1/layer.tar"
  rm "$1/layer.tar"
}

# layer TAR ARGUMENT...: a tar that comes out the same each time, owned by root.
layer() {
  local tar=$1
  shift
  tar --create --file "$tar" --sort name --mtime @0 --owner 0 --group 0 --numeric-owner "$@"
}
