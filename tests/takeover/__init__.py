"""This engine beside the real Pulumi CLI and its Kubernetes provider, where those are installed."""
