"""What the processes must find: plugins and file systems in their image, reporters and resources under their names.

Of an image of the user's own nothing is known, and nothing is said; nor of Flink's own where something else puts files
into it: a volume over its folders, a hook, an entry point of the user's.
"""

from __future__ import annotations

from flink_session.kubernetes.checks.implementations.containers import MainContainer, is_below, main_containers
from flink_session.kubernetes.checks.implementations.external_resources import check_external_resources
from flink_session.kubernetes.checks.implementations.file_systems import check_file_systems
from flink_session.kubernetes.checks.implementations.plugins import SWITCH, check_plugins, enabled_jars
from flink_session.kubernetes.checks.implementations.reporters import check_reporters

__all__ = [
    "SWITCH",
    "MainContainer",
    "check_external_resources",
    "check_file_systems",
    "check_plugins",
    "check_reporters",
    "enabled_jars",
    "is_below",
    "main_containers",
]
