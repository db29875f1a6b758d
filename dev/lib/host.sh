# shellcheck shell=bash
# What the node needs of the machine itself, and how it is put back: kernel settings, cgroups, and the check that this is
# a machine where a node can run at all.

CGROUP=flink-session-node

# Set by us (ip_forward) or by the kubelet.
SYSCTLS=(
  net/ipv4/ip_forward vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops
  kernel/keys/root_maxkeys kernel/keys/root_maxbytes
)

need_host() {
  local advice="start a cluster elsewhere, for example with \`kind create cluster\` or \`minikube start\`, and point KUBECONFIG at its kubeconfig"
  [[ $(uname -s) == Linux ]] || die "a node runs on Linux only, and this is $(uname -s): $advice"
  ((EUID == 0)) || die "a node needs root on this machine: run this as root, or $advice"
  [[ -w /proc/sys/net/ipv4/ip_forward && -w /sys/fs/cgroup ]] ||
    die "/proc/sys or /sys/fs/cgroup is read-only here, as in an unprivileged container, so no node can run: $advice"
}

# host_up: remembers the kernel settings that will change, and makes the cgroup that holds all pods and nothing else.
host_up() {
  local name saved=$NODE_DIR/sysctls dir controller
  if [[ ! -e $saved ]]; then
    for name in "${SYSCTLS[@]}"; do
      [[ -e /proc/sys/$name ]] && printf '%s %s\n' "$name" "$(<"/proc/sys/$name")"
    done >"$saved.new"
    mv "$saved.new" "$saved"
  fi
  echo 1 >/proc/sys/net/ipv4/ip_forward
  if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
    for controller in cpuset cpu io memory hugetlb pids; do
      echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || true
    done
  fi
  for dir in $(cgroup_roots); do mkdir -p "$dir/$CGROUP"; done
}

host_down() {
  local dir name value
  for dir in $(cgroup_roots); do
    if [[ -d $dir/$CGROUP ]]; then find "$dir/$CGROUP" -depth -type d -exec rmdir {} \; 2>/dev/null || true; fi
  done
  [[ -e $NODE_DIR/sysctls ]] || return 0
  while read -r name value; do echo "$value" >"/proc/sys/$name" || true; done <"$NODE_DIR/sysctls"
  rm "$NODE_DIR/sysctls"
}

# cgroup_roots: the one of version 2, each hierarchy of version 1, or both on a host that mixes them.
cgroup_roots() { findmnt -rn -t cgroup,cgroup2 -o TARGET; }

# signal_pods SIGNAL: to every process of every pod; they are those in our cgroup, whatever became of containerd.
signal_pods() {
  local pid
  for pid in $(pod_processes); do kill -s "$1" "$pid" 2>/dev/null || true; done
}

pod_processes() {
  local dir
  for dir in $(cgroup_roots); do
    if [[ -d $dir/$CGROUP ]]; then find "$dir/$CGROUP" -name cgroup.procs -exec cat {} + 2>/dev/null || true; fi
  done | sort -u
}

no_pod_processes() { [[ -z $(pod_processes) ]]; }

# missing_capability NUMBER: whether even root lacks it here.
missing_capability() {
  local bounding
  bounding=$(sed -n 's/^CapBnd:\t//p' /proc/self/status)
  (((0x$bounding >> $1 & 1) == 0))
}
