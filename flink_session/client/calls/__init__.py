"""The calls of the client: each a generator that yields requests, and ends with a model."""
