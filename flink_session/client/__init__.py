"""The client of a Flink session cluster: Flink's `ClusterClient`, over its REST API, from wherever the program runs."""
