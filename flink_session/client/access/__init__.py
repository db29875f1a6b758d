"""The ways to a cluster's REST endpoint: each a transport of the HTTP library, with a word on what it goes through."""
