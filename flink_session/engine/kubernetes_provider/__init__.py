"""What Pulumi's Kubernetes provider does: objects compared, written, waited for and deleted."""
