// The pause container: process 1 of every pod's sandbox, which keeps its namespaces alive until it is told to end.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	// Kubernetes starts no other process in a sandbox unless a pod shares its process namespace; then it reaps here.
	signal.Ignore(syscall.SIGCHLD)
	<-end
}
