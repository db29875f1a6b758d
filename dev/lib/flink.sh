# shellcheck shell=bash
# Flink's distribution, put together from the two Python packages that carry it, and its image.

# The reference that Flink's client puts into pods when nothing else is configured; the image under it here is our own.
FLINK_IMAGE=docker.io/apache/flink:$FLINK_VERSION-scala_$FLINK_SCALA_VERSION

# need_flink: sets FLINK_DIST to a folder with bin, conf, lib, opt and plugins, as a release of Flink unpacks.
need_flink() {
  local key
  key=flink-$FLINK_VERSION-$(digest "$(declare -f build_flink)")
  [[ -d $CACHE_DIR/$key ]] || need_pip
  cached "downloading Flink $FLINK_VERSION (315 MB)" "$key" build_flink
  FLINK_DIST=$CACHED
}

build_flink() {
  # bin and conf are in apache-flink, the same in each of its wheels; the jars in apache-flink-libraries.
  "${PIP[@]}" download --no-deps --only-binary :all: --python-version 3.11 --platform manylinux2014_x86_64 \
    --dest "$1/wheels" "apache-flink==$FLINK_VERSION" "apache-flink-libraries==$FLINK_VERSION"
  local wheel
  for wheel in "$1"/wheels/*.whl; do python3 -m zipfile -e "$wheel" "$1/wheels/content"; done
  mv "$1"/wheels/content/pyflink/{bin,conf,lib,opt,plugins,licenses} "$1/wheels/content/apache_flink_libraries-$FLINK_VERSION.dist-info/licenses"/* "$1"
  rm -r "$1/wheels" "$1"/bin/pyflink-*
  mkdir "$1/log"
  find "$1/bin" "$1/plugins" -name '*.sh' -exec chmod +x {} +
  chmod +x "$1/bin/flink"
}

# need_debian: sets DEBIAN_LAYER to a tar of the smallest Debian with Java, jemalloc and a user for Flink.
need_debian() {
  local key
  key=debian-$DEBIAN_RELEASE-java-$JAVA_VERSION-$(digest "$(declare -f build_debian)")
  if [[ ! -d $CACHE_DIR/$key ]]; then
    need_packages mmdebstrap=mmdebstrap /usr/share/keyrings/debian-archive-keyring.gpg=debian-archive-keyring
  fi
  cached "building a Debian $DEBIAN_RELEASE with Java $JAVA_VERSION for the image; some 45 seconds, once" "$key" build_debian
  DEBIAN_LAYER=$CACHED/layer.tar
}

build_debian() {
  # shellcheck disable=SC2016  # the hook expands in its own shell
  SOURCE_DATE_EPOCH=0 mmdebstrap --mode=root --variant=essential \
    --include="openjdk-$JAVA_VERSION-jre-headless,libjemalloc2" \
    --customize-hook='
      cd "$1"
      mkdir -p opt/java opt/flink
      ln -s "/$(ls -d usr/lib/jvm/java-*-openjdk-*)" opt/java/openjdk
      echo flink:x:9999: >>etc/group
      echo flink:x:9999:9999::/opt/flink:/bin/bash >>etc/passwd
      chown 9999:9999 opt/flink
      rm -rf usr/share/man usr/share/locale usr/share/info usr/share/lintian var/cache/apt var/lib/apt/lists var/log/*
      find usr/share/doc -type f ! -name copyright -delete' \
    "$DEBIAN_RELEASE" "$1/layer.tar"
}

# need_flink_image: sets FLINK_IMAGE_DIR.
need_flink_image() {
  local recipe
  need_flink
  need_debian
  recipe="$FLINK_DIST $DEBIAN_LAYER $(declare -f build_flink_image layer flink_image_config)"
  cached "putting Flink $FLINK_VERSION into an image" \
    "flink-image-$FLINK_VERSION-$(digest "$recipe" "$DEV_DIR/flink/docker-entrypoint.sh" "$DEV_DIR/lib/oci.py")" build_flink_image
  FLINK_IMAGE_DIR=$CACHED
}

build_flink_image() {
  layer "$1/flink.tar" -C "$DEV_DIR/flink" docker-entrypoint.sh
  # Flink's own files belong to the user who runs it.
  tar --append --file "$1/flink.tar" --sort name --mtime @0 --owner 9999 --group 9999 --numeric-owner \
    --transform 's,^\.,opt/flink,' -C "$FLINK_DIST" .
  python3 "$DEV_DIR/lib/oci.py" "$1" "$FLINK_IMAGE" "$(flink_image_config)" "$DEBIAN_LAYER" "$1/flink.tar"
  rm "$1/flink.tar"
}

flink_image_config() {
  cat <<EOF
{
  "User": "9999:9999",
  "WorkingDir": "/opt/flink",
  "Entrypoint": ["/docker-entrypoint.sh"],
  "Cmd": ["help"],
  "ExposedPorts": {"6123/tcp": {}, "8081/tcp": {}},
  "Env": [
    "PATH=/opt/flink/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "FLINK_HOME=/opt/flink",
    "JAVA_HOME=/opt/java/openjdk",
    "LANG=C.UTF-8"
  ],
  "Labels": {
    "org.opencontainers.image.title": "Apache Flink $FLINK_VERSION, built locally by flink-session",
    "org.opencontainers.image.description": "A stand-in for the official image, made from PyPI's apache-flink packages and Debian for development without an image registry. Not published by the Apache Flink project.",
    "org.opencontainers.image.version": "$FLINK_VERSION"
  }
}
EOF
}
