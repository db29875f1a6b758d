"""The descriptor held against Flink itself, run in a JVM beside it."""
