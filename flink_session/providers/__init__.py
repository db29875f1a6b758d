"""Dynamic providers: code of ours that an engine runs by itself, also when no program runs, as in a `destroy`.

Pulumi writes into the state which class that is, by the names of its module and itself. So both names stay for ever, an
instance has no state of its own, and what such a class does may change with each release of this package.
"""
