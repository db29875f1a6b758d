# shellcheck shell=bash
# Flink's jars of any version, for the conformance tests: what a JVM needs to run Flink's own classes, and no more.

# need_flink_libraries VERSION: sets FLINK_LIBRARIES to a folder with lib, opt and plugins of that version.
need_flink_libraries() {
  local version=$1 whole key
  for whole in "$CACHE_DIR/flink-$version-"*; do
    # The whole distribution, if the image was built from it here.
    [[ -d $whole/lib && -d $whole/opt ]] && FLINK_LIBRARIES=$whole && return
  done
  key=flink-libraries-$version
  if [[ ! -d $CACHE_DIR/$key ]]; then
    need_pip
    FLINK_LIBRARIES_VERSION=$version
  fi
  cached "downloading the jars of Flink $version (230 to 330 MB)" "$key" build_flink_libraries
  FLINK_LIBRARIES=$CACHED
}

# need_flink_scripts VERSION: sees that the start scripts of that version are in the cache, with the distribution or alone.
need_flink_scripts() {
  local version=$1 whole
  for whole in "$CACHE_DIR/flink-$version-"*; do [[ -e $whole/bin/flink-console.sh ]] && return; done
  if [[ ! -d $CACHE_DIR/flink-scripts-$version ]]; then
    need_pip
    FLINK_SCRIPTS_VERSION=$version
  fi
  cached "downloading the start scripts of Flink $version (3 MB)" "flink-scripts-$version" build_flink_scripts
}

# need_flink_sql_gateway VERSION: sees that the SQL Gateway's jar of that version is in the cache: no wheel has it.
need_flink_sql_gateway() {
  if [[ ! -d $CACHE_DIR/flink-sql-gateway-$1 ]]; then
    need_packages mvn=maven
    FLINK_SQL_GATEWAY_VERSION=$1
  fi
  cached "downloading the SQL Gateway of Flink $1 (1 MB)" "flink-sql-gateway-$1" build_flink_sql_gateway
}

build_flink_sql_gateway() {
  mvn -q -B dependency:copy -Dmdep.useBaseVersion=true "-DoutputDirectory=$1" \
    "-Dartifact=org.apache.flink:flink-sql-gateway:$FLINK_SQL_GATEWAY_VERSION"
}

build_flink_scripts() {
  # They are the same in each of the release's wheels.
  "${PIP[@]}" download --no-deps --only-binary :all: --python-version 3.11 --platform manylinux2014_x86_64 \
    --platform manylinux1_x86_64 --dest "$1/package" "apache-flink==$FLINK_SCRIPTS_VERSION"
  python3 -m zipfile -e "$1"/package/*.whl "$1/package/content"
  mv "$1/package/content/pyflink/bin" "$1"
  rm -r "$1/package"
}

build_flink_libraries() {
  # The newest releases have a wheel, the others a source archive; the jars are the same kind of cargo in both.
  "${PIP[@]}" download --no-deps --dest "$1/package" "apache-flink-libraries==$FLINK_LIBRARIES_VERSION"
  local archive root
  for archive in "$1"/package/*; do
    case $archive in
      *.whl) python3 -m zipfile -e "$archive" "$1/package/content" ;;
      *) mkdir "$1/package/content" && tar -xf "$archive" -C "$1/package/content" --strip-components 1 ;;
    esac
  done
  for root in "$1/package/content/pyflink" "$1/package/content/deps" "$1/package/content"; do
    [[ -d $root/lib ]] && break
  done
  mv "$root"/{lib,opt,plugins} "$1"
  rm -r "$1/package"
}
