"""What a Flink distribution configures by itself, which every session cluster stands on.

Flink's client starts from the ``conf/config.yaml`` that lies beside it. Nobody has that file here, so its values are
written down; ``tests/golden/record_distribution.py`` takes them from the real distribution, and a test compares.
"""

from __future__ import annotations

from typing import Any

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.flink_version import FlinkVersion

_JDK = "jdk.compiler/com.sun.tools.javac."
_ADD_EXPORTS = (
    "java.rmi/sun.rmi.registry",
    *(_JDK + package for package in ("api", "file", "parser", "tree", "util")),
    "java.security.jgss/sun.security.krb5",
)
_ADD_OPENS = (
    *("java.base/java." + package for package in ("lang", "net", "io", "nio")),
    "java.base/sun.nio.ch",
    *("java.base/java." + package for package in ("lang.reflect", "text", "time")),
    *("java.base/java.util" + package for package in ("", ".concurrent", ".concurrent.atomic", ".concurrent.locks")),
)

_ADD_EXPORTS_BEFORE_2_1 = ("java.base/sun.net.util", *_ADD_EXPORTS)

_DEFAULTS: dict[str, Any] = {
    "jobmanager.bind-host": "localhost",
    "jobmanager.execution.failover-strategy": "region",
    "jobmanager.memory.process.size": "1600m",
    "jobmanager.rpc.address": "localhost",
    "jobmanager.rpc.port": 6123,
    "parallelism.default": 1,
    "rest.address": "localhost",
    "taskmanager.bind-host": "localhost",
    "taskmanager.host": "localhost",
    "taskmanager.memory.process.size": "1728m",
    "taskmanager.numberOfTaskSlots": 1,
}


def distribution_configuration(version: FlinkVersion) -> Configuration:
    """Return what ``conf/config.yaml`` of the distribution sets; only the module flags changed between the series."""
    exports = _ADD_EXPORTS if version.is_at_least("2.1") else _ADD_EXPORTS_BEFORE_2_1
    flags = [f"--add-exports={module}=ALL-UNNAMED" for module in exports]
    flags += [f"--add-opens={module}=ALL-UNNAMED" for module in _ADD_OPENS]
    return Configuration({"env.java.opts.all": " ".join(flags), **_DEFAULTS})
