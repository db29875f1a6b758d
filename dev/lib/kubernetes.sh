# shellcheck shell=bash
# The daemons of Kubernetes: what each is told, and when it counts as ready. Everything else is left at its default, admission
# plugins and RBAC included, so that what runs here meets what it would meet in a real cluster.

# A link that `start` makes, so that asking the node something never builds anything.
kubectl_() { "$NODE_DIR/kubectl" --kubeconfig "$NODE_DIR/kubeconfig" "$@"; }

start_etcd() {
  local pki=$NODE_DIR/pki client=https://127.0.0.1:$NODE_ETCD_PORT peer=https://127.0.0.1:$NODE_ETCD_PEER_PORT
  free_port etcd 127.0.0.1 "$NODE_ETCD_PORT" NODE_ETCD_PORT
  free_port etcd 127.0.0.1 "$NODE_ETCD_PEER_PORT" NODE_ETCD_PEER_PORT
  daemon etcd "$pki/etcd.crt" -- "$ETCD_BIN/etcd" --name node --data-dir "$NODE_DIR/etcd" --log-level warn \
    --listen-client-urls "$client" --advertise-client-urls "$client" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "node=$peer" \
    --client-cert-auth --trusted-ca-file "$pki/ca.crt" --cert-file "$pki/etcd.crt" --key-file "$pki/etcd.key" \
    --peer-client-cert-auth --peer-trusted-ca-file "$pki/ca.crt" --peer-cert-file "$pki/etcd.crt" --peer-key-file "$pki/etcd.key"
}

start_apiserver() {
  local pki=$NODE_DIR/pki
  free_port kube-apiserver 127.0.0.1 "$NODE_API_PORT" NODE_API_PORT
  daemon kube-apiserver "$pki/apiserver.crt" -- "$KUBERNETES_BIN/kube-apiserver" \
    --advertise-address "$NODE_ADDRESS" --secure-port "$NODE_API_PORT" \
    --tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" --client-ca-file "$pki/ca.crt" \
    --etcd-servers "https://127.0.0.1:$NODE_ETCD_PORT" \
    --etcd-cafile "$pki/ca.crt" --etcd-certfile "$pki/etcd.crt" --etcd-keyfile "$pki/etcd.key" \
    --kubelet-certificate-authority "$pki/ca.crt" --kubelet-preferred-address-types InternalIP \
    --kubelet-client-certificate "$pki/apiserver-kubelet-client.crt" --kubelet-client-key "$pki/apiserver-kubelet-client.key" \
    --service-cluster-ip-range "$NODE_SERVICE_CIDR" --service-node-port-range "$NODE_SERVICE_PORTS" \
    --service-account-issuer "https://kubernetes.default.svc.$NODE_CLUSTER_DOMAIN" \
    --service-account-key-file "$pki/service-account.pub" --service-account-signing-key-file "$pki/service-account.key" \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --allow-privileged --profiling=false
  # Without its store the API server never becomes ready, so etcd is checked first.
  daemon_ready etcd 20 etcd_listens
  daemon_ready kube-apiserver 90 kubectl_ get --raw /readyz
}

etcd_listens() { [[ -n $(ss -Hltn "sport = :$NODE_ETCD_PORT") ]]; }

start_controllers() {
  local pki=$NODE_DIR/pki name
  for name in kube-controller-manager kube-scheduler; do kubeconfig "$name" | write "$NODE_DIR/$name.kubeconfig"; done
  free_port kube-controller-manager 127.0.0.1 "$NODE_CONTROLLER_MANAGER_PORT" NODE_CONTROLLER_MANAGER_PORT
  free_port kube-scheduler 127.0.0.1 "$NODE_SCHEDULER_PORT" NODE_SCHEDULER_PORT
  # There is one of each, so they need no election, which would delay every start by fifteen seconds.
  daemon kube-controller-manager "$NODE_DIR/kube-controller-manager.kubeconfig" -- "$KUBERNETES_BIN/kube-controller-manager" \
    --kubeconfig "$NODE_DIR/kube-controller-manager.kubeconfig" --leader-elect=false --profiling=false \
    --bind-address 127.0.0.1 --secure-port "$NODE_CONTROLLER_MANAGER_PORT" --use-service-account-credentials \
    --root-ca-file "$pki/ca.crt" --service-account-private-key-file "$pki/service-account.key"
  daemon kube-scheduler "$NODE_DIR/kube-scheduler.kubeconfig" -- "$KUBERNETES_BIN/kube-scheduler" \
    --kubeconfig "$NODE_DIR/kube-scheduler.kubeconfig" --leader-elect=false --profiling=false \
    --bind-address 127.0.0.1 --secure-port "$NODE_SCHEDULER_PORT"
}

start_kubelet() {
  free_port kubelet "$NODE_ADDRESS" "$NODE_KUBELET_PORT" NODE_KUBELET_PORT
  free_port kubelet 127.0.0.1 "$NODE_KUBELET_HEALTH_PORT" NODE_KUBELET_HEALTH_PORT
  kubeconfig kubelet | write "$NODE_DIR/kubelet.kubeconfig"
  kubelet_config | write "$NODE_DIR/kubelet.yaml"
  daemon kubelet "$NODE_DIR/kubelet.yaml" "$NODE_DIR/kubelet.kubeconfig" -- "$KUBERNETES_BIN/kubelet" \
    --config "$NODE_DIR/kubelet.yaml" --kubeconfig "$NODE_DIR/kubelet.kubeconfig" --root-dir "$NODE_DIR/kubelet" \
    --hostname-override "$NODE_NAME" --node-ip "$NODE_ADDRESS"
}

kubelet_config() {
  cat <<EOF
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_ADDRESS
port: $NODE_KUBELET_PORT
healthzPort: $NODE_KUBELET_HEALTH_PORT
tlsCertFile: $NODE_DIR/pki/kubelet.crt
tlsPrivateKeyFile: $NODE_DIR/pki/kubelet.key
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $NODE_DIR/pki/ca.crt}
authorization: {mode: Webhook}
containerRuntimeEndpoint: unix://$CONTAINERD_SOCKET
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
failCgroupV1: false
failSwapOn: false
clusterDomain: $NODE_CLUSTER_DOMAIN
clusterDNS: [$NODE_ADDRESS]
# Pods see the cluster's names and no others: the machine's name servers are out of their reach.
resolvConf: ""
podLogsDir: $NODE_DIR/pods
volumePluginDir: $NODE_DIR/volume-plugins
# An image that was loaded cannot be pulled again, so none is ever collected; and a full disk evicts no pod early.
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, nodefs.inodesFree: 1%, imagefs.available: 1%, imagefs.inodesFree: 1%}
makeIPTablesUtilChains: false
EOF
}

start_proxy() {
  free_port kube-proxy "$NODE_ADDRESS" "$NODE_PROXY_HEALTH_PORT" NODE_PROXY_HEALTH_PORT
  free_port kube-proxy "$NODE_ADDRESS" "$NODE_PROXY_METRICS_PORT" NODE_PROXY_METRICS_PORT
  kubeconfig kube-proxy | write "$NODE_DIR/kube-proxy.kubeconfig"
  write "$NODE_DIR/kube-proxy.yaml" <<EOF
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $NODE_DIR/kube-proxy.kubeconfig}
hostnameOverride: $NODE_NAME
bindAddress: $NODE_ADDRESS
healthzBindAddress: $NODE_ADDRESS:$NODE_PROXY_HEALTH_PORT
metricsBindAddress: $NODE_ADDRESS:$NODE_PROXY_METRICS_PORT
# All its rules are in one table of their own, which \`stop\` can remove without a search.
mode: nftables
clusterCIDR: $NODE_POD_CIDR
# Zero: leave the machine's connection tracking as it is.
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
EOF
  daemon kube-proxy "$NODE_DIR/kube-proxy.yaml" "$NODE_DIR/kube-proxy.kubeconfig" -- \
    "$KUBERNETES_BIN/kube-proxy" --config "$NODE_DIR/kube-proxy.yaml"
}

# CoreDNS runs beside the kubelet, on the node's address, which is what pods get as their name server: no image, no
# Service, nothing that another pod could push out.
start_coredns() {
  free_port coredns "$NODE_ADDRESS" 53 'NODE_ADDRESS'
  kubeconfig coredns | write "$NODE_DIR/coredns.kubeconfig"
  write "$NODE_DIR/Corefile" <<EOF
.:53 {
  bind $NODE_ADDRESS
  health $NODE_ADDRESS:$NODE_DNS_HEALTH_PORT
  ready $NODE_ADDRESS:$NODE_DNS_READY_PORT
  errors
  kubernetes $NODE_CLUSTER_DOMAIN in-addr.arpa {
    kubeconfig $NODE_DIR/coredns.kubeconfig
  }
}
EOF
  kubectl_ apply -f - >/dev/null <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: coredns}
rules:
- {apiGroups: [""], resources: [services, pods, namespaces], verbs: [list, watch]}
- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: coredns}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: coredns}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: coredns}
EOF
  daemon coredns "$NODE_DIR/Corefile" "$NODE_DIR/coredns.kubeconfig" -- "$COREDNS_BIN/coredns" -conf "$NODE_DIR/Corefile"
}

# node_ready: the kubelet that runs now has said so; what the last one said does not count.
node_ready() {
  local renewed
  renewed=$(kubectl_ get lease "$NODE_NAME" --namespace kube-node-lease --output 'jsonpath={.spec.renewTime}')
  [[ -n $renewed ]] && (($(date -d "$renewed" +%s) >= $(stat -c %Y "$NODE_DIR/run/kubelet.pid"))) &&
    [[ $(kubectl_ get node "$NODE_NAME" --output 'jsonpath={.status.conditions[?(@.type=="Ready")].status}') == True ]]
}

dns_ready() { curl_ "http://$NODE_ADDRESS:$NODE_DNS_READY_PORT/ready"; }
proxy_ready() { curl_ "http://$NODE_ADDRESS:$NODE_PROXY_HEALTH_PORT/healthz"; }
curl_() { python3 -c 'import sys, urllib.request; urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=2)' "$1"; }

# Pods need it, and the controller manager makes it once it works.
default_service_account() { kubectl_ get serviceaccount default --namespace default; }
