# shellcheck shell=bash
# The node's network. Its address sits on a bridge of its own, since some machines have no dummy device; pods hang on
# point-to-point links routed by the host, so Services work between them without bridge netfilter. Packets for pods and
# Services never leave the machine, nor do packets from pods: routes say so, and one nftables table says it again.

network_up() {
  if ! ip link show dev "$NODE_BRIDGE" >/dev/null 2>&1; then
    # A node that did not end in order may have left them.
    remove_dead_ends
    no_other_route "$NODE_POD_CIDR" NODE_POD_CIDR
    no_other_route "$NODE_SERVICE_CIDR" NODE_SERVICE_CIDR
    ip link add dev "$NODE_BRIDGE" type bridge
  fi
  ip link set dev "$NODE_BRIDGE" up
  ip address replace "$NODE_ADDRESS/32" dev "$NODE_BRIDGE"
  # kube-proxy rewrites the destination only after the kernel has found a route, so Services need one that is no dead end.
  ip route replace "$NODE_SERVICE_CIDR" dev "$NODE_BRIDGE" src "$NODE_ADDRESS"
  ip route replace unreachable "$NODE_SERVICE_CIDR" metric 4096
  # Each pod has a more special route, to its own link.
  ip route replace unreachable "$NODE_POD_CIDR" metric 4096
  firewall_rules | nft -f -
}

# no_other_route CIDR NAME: refuses a range that this machine reaches already other than by its default route.
no_other_route() {
  local route
  # Links of the node's own pods have the scope "host", which no route to elsewhere can have.
  route=$({ ip -4 route show root "$1" && ip -4 route show match "$1"; } | sed -E '/^default/d; / scope host/d')
  [[ -z $route ]] || die "$2=$1 overlaps a route of this machine (${route%%$'\n'*}): choose another range, see dev/node.env"
}

firewall_rules() {
  cat <<EOF
table inet flink-session-node
delete table inet flink-session-node
table inet flink-session-node {
  chain input {
    type filter hook input priority 0
    iifname "lo" accept
    ip saddr $NODE_POD_CIDR accept
    ip daddr $NODE_ADDRESS reject
    # The API server has to listen on all addresses to serve both 127.0.0.1 and the pods.
    tcp dport $NODE_API_PORT reject with tcp reset
  }
  chain forward {
    type filter hook forward priority 0
    ip saddr $NODE_POD_CIDR ip daddr != $NODE_POD_CIDR reject
    ip daddr $NODE_POD_CIDR ip saddr != $NODE_POD_CIDR reject
  }
  chain output {
    type filter hook output priority 0
    # A Service that kube-proxy does not know (yet): it would have been rewritten before this.
    ip daddr $NODE_SERVICE_CIDR reject
  }
}
EOF
}

network_down() {
  local table
  for table in 'inet flink-session-node' 'ip kube-proxy' 'ip6 kube-proxy'; do
    # shellcheck disable=SC2086  # family and name
    nft delete table $table 2>/dev/null || true
  done
  ip link delete dev "$NODE_BRIDGE" 2>/dev/null || true
  remove_dead_ends
}

remove_dead_ends() {
  ip route delete unreachable "$NODE_POD_CIDR" metric 4096 2>/dev/null || true
  ip route delete unreachable "$NODE_SERVICE_CIDR" metric 4096 2>/dev/null || true
}

# free_port DAEMON ADDRESS PORT NAME: ends the script if another program has the port that the daemon is to get.
free_port() {
  local holder
  daemon_running "$1" && return
  holder=$(ss -Hltnp "sport = :$3" | grep -E " (${2//./\\.}|0\.0\.0\.0|\*|\[::\]):$3 " || true)
  [[ -z $holder ]] ||
    die "port $3 on $2, for $1, is taken by $(sed -E 's/.*users:\(\("([^"]*)",pid=([0-9]+).*/\1 (pid \2)/;q' <<<"$holder"): set $4 to another one, see dev/node.env"
}

cni_config() {
  cat <<EOF
{
  "cniVersion": "0.4.0",
  "name": "flink-session-node",
  "plugins": [{
    "type": "ptp",
    "ipam": {
      "type": "host-local",
      "dataDir": "$RUN_DIR/ipam",
      "ranges": [[{"subnet": "$NODE_POD_CIDR", "gateway": "$NODE_ADDRESS"}]],
      "routes": [{"dst": "0.0.0.0/0"}]
    }
  }]
}
EOF
}
