# shellcheck shell=bash
# What type-checks the TypeScript example: Pulumi's generator of SDKs, and the compiler with Pulumi's own types.

# need_sdk_generator: sets SDK_GENERATOR to a program that makes a TypeScript SDK of a schema.
need_sdk_generator() {
  local key
  key=sdk-generator-$PULUMI_CODEGEN_VERSION-$(digest "$(declare -f build_sdk_generator)" "$DEV_DIR/typescript/main.go")
  [[ -d $CACHE_DIR/$key ]] || need_go
  cached "building Pulumi's SDK generator $PULUMI_CODEGEN_VERSION; some 90 seconds, once" "$key" build_sdk_generator
  SDK_GENERATOR=$CACHED/bin/sdk-generator
}

build_sdk_generator() {
  mkdir "$1/module" "$1/bin"
  cd "$1/module"
  cp "$DEV_DIR/typescript/main.go" .
  printf 'module flink-session/sdk-generator\n\ngo %s\n\nrequire github.com/pulumi/pulumi/pkg/v3 v%s\n' \
    "$GO_MINIMUM" "$PULUMI_CODEGEN_VERSION" >go.mod
  go_build "$1/bin/sdk-generator" '' .
}

# need_typescript: sets TYPESCRIPT to a folder whose node_modules has the compiler and @pulumi/pulumi.
need_typescript() {
  cached "installing TypeScript $TYPESCRIPT_VERSION and @pulumi/pulumi $PULUMI_NODEJS_VERSION" \
    "typescript-$TYPESCRIPT_VERSION-$PULUMI_NODEJS_VERSION-$(digest "$(declare -f install_typescript)")" install_typescript
  TYPESCRIPT=$CACHED
}

install_typescript() {
  npm install --prefix "$1" --no-audit --no-fund --no-package-lock --ignore-scripts \
    "typescript@$TYPESCRIPT_VERSION" "@pulumi/pulumi@$PULUMI_NODEJS_VERSION" "@types/node@20"
}
