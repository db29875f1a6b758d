"""The review of a change before it is deployed: what it means to Flink, and not only which JSON moves.

A preview goes in, a :class:`~flink_session.review.model.Review` comes out; nothing here asks a cluster, reads a file or
knows the terminal. `sources` read previews of every origin into one form, `rules` each say one thing about it, and
`render` writes the result for people and for programs.
"""
