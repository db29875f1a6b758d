"""`flink-session flink`: the official `flink` command over REST, for the scripts that people have.

It takes Flink's options, and says what Flink's `CliFrontend` says on standard output. What REST cannot do is refused in
words. Exit statuses are Flink's: 0, or 1.
"""
