"""The `flink-session` command: options in, exit status out; no logic of its own."""
