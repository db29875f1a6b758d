# shellcheck shell=bash disable=SC2034  # sourced by the scripts beside it
# Which Kubernetes cluster is meant: the one that the current kubeconfig reaches, else the node of this folder.

# reachable KUBECONFIG: whether an API server answers there with these credentials. Empty: the kubeconfig in force.
reachable() {
  KUBECONFIG=${1:-${KUBECONFIG:-}} "$VENV/bin/python" "$DEV_DIR/lib/reachable.py" 2>/dev/null
}

# need_cluster: exports KUBECONFIG of a cluster that answers, and sets OWN_NODE to 1 where that is the node of this folder.
# A node that was not running yet is started, and marked so that `make down` stops it again.
need_cluster() {
  local server node_kubeconfig running=0
  node_kubeconfig=$("$DEV_DIR/node" kubeconfig)
  OWN_NODE=0
  if [[ ${KUBECONFIG:-} != "$node_kubeconfig" ]] && server=$(reachable ''); then
    say "· cluster: $server, by the current kubeconfig"
    return
  fi
  if [[ -n ${KUBECONFIG:-} && ${KUBECONFIG} != "$node_kubeconfig" ]]; then
    say "· no API server answers by KUBECONFIG=$KUBECONFIG: taking the node of dev/ instead"
  fi
  ! "$DEV_DIR/node" status >/dev/null 2>&1 || running=1
  "$DEV_DIR/node" start
  ((running)) || touch "$(made_by_us)"
  OWN_NODE=1
  export KUBECONFIG=$node_kubeconfig
}

# use_cluster: as need_cluster, but starts nothing. Returns 1 where there is no cluster.
use_cluster() {
  local node_kubeconfig
  node_kubeconfig=$("$DEV_DIR/node" kubeconfig)
  OWN_NODE=0
  if [[ ${KUBECONFIG:-} != "$node_kubeconfig" ]] && reachable '' >/dev/null; then return; fi
  "$DEV_DIR/node" status >/dev/null 2>&1 || return 1
  OWN_NODE=1
  export KUBECONFIG=$node_kubeconfig
}

# made_by_us: the file that says that `make up` started the node.
made_by_us() { printf '%s/started-by-make-up' "$(dirname "$("$DEV_DIR/node" kubeconfig)")"; }
