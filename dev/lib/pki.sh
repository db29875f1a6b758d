# shellcheck shell=bash
# A certificate authority of the node's own, one certificate a client, and their kubeconfigs. Made once, whole or not at all.
# The keys are RSA: Flink's Kubernetes client reads no others without Bouncy Castle on its classpath.

# make_pki: fills $NODE_DIR/pki.
make_pki() {
  [[ -d $NODE_DIR/pki ]] && return
  rm -rf "$NODE_DIR/pki.new"
  (
    umask 077
    mkdir "$NODE_DIR/pki.new"
    cd "$NODE_DIR/pki.new"
    make_authority
    # NAME SUBJECT [SAN]: the subjects are the users and groups of Kubernetes' built-in roles.
    certificate apiserver /CN=kube-apiserver "IP:127.0.0.1,IP:$NODE_ADDRESS,IP:${NODE_SERVICE_CIDR%.*}.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.$NODE_CLUSTER_DOMAIN"
    certificate apiserver-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
    certificate etcd /CN=etcd IP:127.0.0.1
    certificate admin /O=system:masters/CN=flink-session-admin
    certificate kube-controller-manager /CN=system:kube-controller-manager
    certificate kube-scheduler /CN=system:kube-scheduler
    certificate kubelet "/O=system:nodes/CN=system:node:$NODE_NAME" "IP:$NODE_ADDRESS,DNS:$NODE_NAME"
    certificate kube-proxy /CN=system:kube-proxy
    certificate coredns /CN=coredns
    openssl genrsa -out service-account.key 2048
    openssl rsa -in service-account.key -pubout -out service-account.pub
  ) >"$NODE_DIR/logs/pki.log" 2>&1 || die "making certificates failed: $(tail -n 3 "$NODE_DIR/logs/pki.log")"
  mv "$NODE_DIR/pki.new" "$NODE_DIR/pki"
}

make_authority() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=flink-session-node-ca \
    -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature -keyout ca.key -out ca.crt
}

# certificate NAME SUBJECT [SUBJECT_ALTERNATIVE_NAMES]
certificate() {
  openssl req -newkey rsa:2048 -nodes -subj "$2" -keyout "$1.key" -out "$1.csr"
  printf '%s\n' 'basicConstraints=CA:FALSE' 'keyUsage=critical,digitalSignature' 'extendedKeyUsage=clientAuth,serverAuth' \
    ${3:+"subjectAltName=$3"} >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 -extfile "$1.ext" -out "$1.crt"
  rm "$1.csr" "$1.ext"
}

# kubeconfig CLIENT: a complete one, certificates inside, on stdout.
kubeconfig() {
  local pki=$NODE_DIR/pki
  cat <<EOF
apiVersion: v1
kind: Config
clusters:
- name: flink-session-node
  cluster:
    server: https://127.0.0.1:$NODE_API_PORT
    certificate-authority-data: $(base64 -w 0 "$pki/ca.crt")
users:
- name: $1
  user:
    client-certificate-data: $(base64 -w 0 "$pki/$1.crt")
    client-key-data: $(base64 -w 0 "$pki/$1.key")
contexts:
- name: flink-session-node
  context:
    cluster: flink-session-node
    user: $1
current-context: flink-session-node
EOF
}

# write FILE: stdin into a file that only root reads, by one rename.
write() {
  (umask 077 && cat >"$1.new")
  mv "$1.new" "$1"
}
