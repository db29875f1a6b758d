"""When an object is ready or gone, and what keeps it from that: told while it is waited for."""
