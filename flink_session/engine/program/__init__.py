"""The user's program as a process, and the protocol that the engine speaks with it."""
