"""What the user's and Pulumi's files say: project, stack, configuration, secrets and state."""
