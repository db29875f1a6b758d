# shellcheck shell=bash disable=SC2034  # sourced by the scripts beside it
# The stack of this project that `make up` deploys, by the Pulumi CLI where there is one, else by the embedded engine.

STACK=${STACK:-dev}

# pulumi_or_engine up|destroy|output ARGUMENT...: in the project's folder.
pulumi_or_engine() (
  command=$1
  shift
  cd "$PROJECT_DIR" || exit
  if has pulumi; then
    # The stack keeps no secret, so an empty passphrase will do where nobody chose one. The embedded engine knows that itself.
    [[ -n ${PULUMI_CONFIG_PASSPHRASE_FILE:-} ]] || export PULUMI_CONFIG_PASSPHRASE=${PULUMI_CONFIG_PASSPHRASE:-}
    pulumi stack select --create "$STACK" >&2
    if [[ $command == output ]]; then pulumi stack output --stack "$STACK" "$@"; else pulumi "$command" --stack "$STACK" "$@"; fi
  else
    "$VENV/bin/flink-session" "$command" --stack "$STACK" "$@"
  fi
)

# stack_namespace: the namespace that the stack's configuration names.
stack_namespace() {
  local namespace
  namespace=$(cd "$PROJECT_DIR" && "$VENV/bin/flink-session" config get --stack "$STACK" namespace 2>/dev/null) || namespace=default
  printf '%s' "$namespace"
}

# confirm_cluster: before anything is put into a cluster that is not this folder's own, says where to; on a terminal, asks.
confirm_cluster() {
  local answer
  say "· stack $STACK goes into namespace $(stack_namespace) of that cluster"
  [[ -t 0 && -t 2 ]] || return 0
  read -r -p "  Deploy there? [y/N] " answer
  [[ $answer == [yY]* ]] || die "nothing was deployed. To use the node of dev/ instead: KUBECONFIG=$("$DEV_DIR/node" kubeconfig) make up"
}

# read_outputs: sets REST_ENDPOINT from the stack, and SESSION to the options that name its session cluster to flink-session.
# Returns 1 where the stack has no outputs. Whether pulumi or the embedded engine has deployed it, and to which backend, is all one.
read_outputs() {
  local outputs cluster_id namespace
  outputs=$(pulumi_or_engine output --json 2>/dev/null) || return 1
  read -r REST_ENDPOINT cluster_id namespace < <("$VENV/bin/python" -c '
import json, sys
outputs = json.load(sys.stdin)
print(*(outputs.get(key, "") for key in ("rest_endpoint", "cluster_id", "namespace")))' <<<"$outputs") || return 1
  [[ -n $REST_ENDPOINT ]] || return 1
  SESSION=(--session "$cluster_id" --namespace "$namespace")
}
