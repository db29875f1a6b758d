"""Flink's configuration files, ``config.yaml`` and the ``flink-conf.yaml`` of Flink 1.20: what is read from them."""
