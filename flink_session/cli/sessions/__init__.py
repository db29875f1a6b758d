"""`flink-session sessions`: all session clusters that there are."""
