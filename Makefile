# Every target is one script in dev/; read those for what happens.
SHELL := /bin/bash
.PHONY: help up down status job test test-unit check conformance bench schema wheel clean

help:            ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up:              ## A running Flink session cluster: environment, Kubernetes, image, stack `dev`
	@dev/up

down:            ## Take away what `make up` made
	@dev/down

job:             ## Run a small Flink job on the cluster of stack `dev`
	@dev/run-job

status:          ## What runs, and where
	@dev/status

test:            ## Everything: linters, types, unit tests, and tests against a real Kubernetes node
	@dev/test

test-unit:       ## Unit tests only, in half a minute: run it at each save
	@dev/test unit

check:           ## Linters and types only
	@dev/test check

wheel:           ## dist/flink_session-<version>.whl, to install where there is no checkout
	@dev/wheel

schema:          ## plugin/schema.json, from which Pulumi makes SDKs, anew from the component's arguments
	@dev/schema

clean:           ## Remove .venv and the build cache
	@dev/clean

conformance:     ## Our objects against Flink's own classes: make conformance FLINK=2.2.1
	@dev/conformance $(or $(FLINK),2.2.1)

bench:           ## How fast it is, each figure beside its aim: make bench, make bench ONLY=engine
	@dev/bench $(ONLY)
