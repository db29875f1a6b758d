"""Apache Flink session clusters on Kubernetes as a Pulumi component."""
