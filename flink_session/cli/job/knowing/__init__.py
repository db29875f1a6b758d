"""What is known of jobs: which one is meant, how it is, and why it fails."""
