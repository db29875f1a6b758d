"""Readers of previews: of digests, event logs, plans and pairs of states, each into the same form."""
