"""What Flink's start scripts do to options before Java sees them.

In a pod, ``config.sh``, ``kubernetes-jobmanager.sh``, ``kubernetes-taskmanager.sh`` and ``flink-console.sh`` read some
options with ``grep`` and ``sed``, and send them through ``eval echo`` and the splitting of words. They are the same in
all patches of a series, and almost the same in all series. ``tests/conformance/test_start_scripts.py`` runs the scripts
themselves, and compares.
"""
