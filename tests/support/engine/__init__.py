"""A project for the embedded engine, an API server in memory, and runs that are replayed or cut short."""
