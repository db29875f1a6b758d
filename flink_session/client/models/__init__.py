"""What Flink answers, as far as this client reads it."""
