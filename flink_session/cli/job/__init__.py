"""`flink-session job`: jobs of any session, as people and scripts use them.

Modules with commands know click, and decide nothing: they ask a client, hand plain values to their neighbours, and
print what those give. docs/jobs.md is what they promise.
"""
