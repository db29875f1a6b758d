"""The terms of all the other rooms, as plain values; no I/O."""
