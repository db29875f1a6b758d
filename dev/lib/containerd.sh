# shellcheck shell=bash
# A containerd of the node's own: the machine's program, but its own socket, state and images. One that the system runs, for
# Docker say, is not touched.

RUN_DIR=/run/flink-session-node
CONTAINERD_SOCKET=$RUN_DIR/containerd.sock
PAUSE_IMAGE=localhost/flink-session/pause:1

need_containerd() {
  need_packages containerd=containerd ctr=containerd runc=runc nft=nftables openssl=openssl ip=iproute2 findmnt=util-linux \
    /usr/lib/cni/ptp=containernetworking-plugins
}

start_containerd() {
  mkdir -p "$RUN_DIR" "$NODE_DIR/cni"
  cni_config | write "$NODE_DIR/cni/10-flink-session.conflist"
  containerd_config | write "$NODE_DIR/containerd.toml"
  daemon containerd "$NODE_DIR/containerd.toml" -- "$(type -P containerd)" --config "$NODE_DIR/containerd.toml"
  daemon_ready containerd 30 ctr_ version
  load_image "$PAUSE_IMAGE" "$PAUSE_IMAGE_DIR"
}

ctr_() { ctr --address "$CONTAINERD_SOCKET" --namespace k8s.io "$@"; }

containerd_config() {
  local restrict=false no_apparmor=true
  # Without CAP_SYS_RESOURCE a process cannot lower its OOM score, and runc fails: "can't get final child's PID from pipe".
  if missing_capability 24; then restrict=true; fi
  if [[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) == Y ]] && has apparmor_parser; then no_apparmor=false; fi
  cat <<EOF
version = 2
root = "$NODE_DIR/containerd"
state = "$RUN_DIR/containerd"
[grpc]
  address = "$CONTAINERD_SOCKET"
[plugins."io.containerd.internal.v1.opt"]
  path = "$NODE_DIR/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$PAUSE_IMAGE"
  restrict_oom_score_adj = $restrict
  disable_apparmor = $no_apparmor
  netns_mounts_under_state_dir = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "$NODE_DIR/cni"
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"
  default_runtime_name = "runc"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
EOF
}

# load_image REFERENCE DIR: imports DIR/image.tar under this reference unless the same image is there already.
load_image() {
  local there
  there=$(ctr_ images list "name==$1" | awk 'NR == 2 { print $3 }')
  [[ $there == "$(<"$2/digest")" ]] && return
  step "loading $1 into the node" ctr_ images import --digests=false "$2/image.tar"
}

# stop_pods: ends the processes of all pods, as a reboot would; the kubelet must be stopped, or it starts them again.
stop_pods() {
  signal_pods TERM
  wait_for 5 'the pods to end' no_pod_processes || signal_pods KILL
  wait_for 10 'the pods to end' no_pod_processes || true
}

# unmount_all DIR...: what pods had mounted under these folders, the innermost first.
unmount_all() {
  local dir mount
  for dir; do
    # findmnt writes unusual characters as \x20.
    findmnt -rn -o TARGET | sort -r | while read -r mount; do
      mount=$(printf '%b' "$mount")
      if [[ $mount == "$dir"/* ]]; then umount -l "$mount"; fi
    done
  done
}
