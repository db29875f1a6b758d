#!/usr/bin/env bash
# The entrypoint of the locally built Flink image. It keeps what users of the official image rely on: any command is run as
# it is, FLINK_PROPERTIES, ENABLE_BUILT_IN_PLUGINS, DISABLE_JEMALLOC, JOB_MANAGER_RPC_ADDRESS,
# TASK_MANAGER_NUMBER_OF_TASK_SLOTS, and the words jobmanager and taskmanager for standalone clusters.
set -euo pipefail

# link_plugins: ENABLE_BUILT_IN_PLUGINS=a.jar;b.jar puts jars of opt/ where Flink loads plugins from.
link_plugins() {
  local jar jars
  IFS=';' read -r -a jars <<<"${ENABLE_BUILT_IN_PLUGINS:-}"
  for jar in "${jars[@]}"; do
    [[ -n $jar ]] || continue
    if [[ ! -f $FLINK_HOME/opt/$jar ]]; then
      echo "ENABLE_BUILT_IN_PLUGINS names $jar, which is not in $FLINK_HOME/opt. There are: $(cd "$FLINK_HOME/opt" && echo *)" >&2
      exit 1
    fi
    mkdir -p "$FLINK_HOME/plugins/${jar%.jar}"
    ln -fs "$FLINK_HOME/opt/$jar" "$FLINK_HOME/plugins/${jar%.jar}/"
  done
}

# preload_jemalloc: glibc's allocator keeps much of what RocksDB frees.
preload_jemalloc() {
  local library
  [[ ${DISABLE_JEMALLOC:-false} != true ]] || return 0
  for library in /usr/lib/*/libjemalloc.so.2; do
    if [[ -e $library ]]; then export LD_PRELOAD="${LD_PRELOAD:+$LD_PRELOAD:}$library"; fi
  done
}

# configure [ARGUMENT...]: writes these -D arguments and FLINK_PROPERTIES into config.yaml, if there are any.
configure() {
  local arguments=("$@") line conf=$FLINK_HOME/conf
  while IFS= read -r line; do
    [[ $line =~ ^[[:space:]]*([^#:[:space:]]+):[[:space:]]*(.*)$ ]] || continue
    arguments+=(-D "${BASH_REMATCH[1]}=${BASH_REMATCH[2]}")
  done <<<"${FLINK_PROPERTIES:-}"
  ((${#arguments[@]})) || return 0
  # In pods of Flink's native Kubernetes mode it is a ConfigMap, which nobody can write.
  if [[ ! -w $conf/config.yaml ]]; then
    echo "warning: $conf/config.yaml is read-only, so FLINK_PROPERTIES and the like have no effect" >&2
    return 0
  fi
  "$FLINK_HOME/bin/config-parser-utils.sh" "$conf" "$FLINK_HOME/bin" "$FLINK_HOME/lib" "${arguments[@]}"
}

link_plugins
preload_jemalloc
case ${1:-help} in
  help)
    echo "usage: jobmanager | taskmanager | COMMAND [ARGUMENT...]"
    ;;
  jobmanager | taskmanager)
    # Flink's own config.yaml is one for a single machine: everything in it listens on localhost.
    address=${JOB_MANAGER_RPC_ADDRESS:-$(hostname -f)}
    standalone=(
      -D "jobmanager.rpc.address=$address" -D jobmanager.bind-host=0.0.0.0 -D blob.server.port=6124 -D query.server.port=6125
      -D "rest.address=$address" -D rest.bind-address=0.0.0.0
      -D "taskmanager.host=$(hostname -i)" -D taskmanager.bind-host=0.0.0.0
    )
    if [[ $1 == taskmanager ]]; then
      standalone+=(-D "taskmanager.numberOfTaskSlots=${TASK_MANAGER_NUMBER_OF_TASK_SLOTS:-$(nproc)}")
    fi
    configure "${standalone[@]}"
    exec "$FLINK_HOME/bin/$1.sh" start-foreground "${@:2}"
    ;;
  *)
    configure
    exec "$@"
    ;;
esac
