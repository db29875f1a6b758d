"""`flink-session review`: the edges of the review, which reads files, runs previews and asks clusters."""
