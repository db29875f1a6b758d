"""The Kubernetes API server, as both the engine and the client need it: which one, as whom, and objects as JSON."""
