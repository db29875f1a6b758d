// Generates the TypeScript SDK of a package from its schema, as `pulumi package gen-sdk` does: SCHEMA FOLDER.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// The schema refers to no other package, so none has to be loaded.
type none struct{ schema.ReferenceLoader }

func main() {
	text, err := os.ReadFile(os.Args[1])
	check(err)
	var spec schema.PackageSpec
	check(json.Unmarshal(text, &spec))
	pkg, found, err := schema.BindSpec(spec, none{}, schema.ValidationOptions{})
	check(err)
	if found.HasErrors() {
		check(found)
	}
	files, err := nodejs.GeneratePackage("flink-session", pkg, nil, nil, true, none{})
	check(err)
	for name, content := range files {
		path := filepath.Join(os.Args[2], name)
		check(os.MkdirAll(filepath.Dir(path), 0o755))
		check(os.WriteFile(path, content, 0o644))
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
