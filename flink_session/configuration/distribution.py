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

DEFAULT_LOG4J_CONSOLE_PROPERTIES = """\
# Read by JobManager and TaskManagers; changes are taken up while they run.
monitorInterval = 30

rootLogger.level = ${env:ROOT_LOG_LEVEL:-INFO}
rootLogger.appenderRef.console.ref = Console
rootLogger.appenderRef.file.ref = File

# What the container prints.
appender.console.type = Console
appender.console.name = Console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n

# What the web UI shows.
appender.file.type = RollingFile
appender.file.name = File
appender.file.fileName = ${sys:log.file}
appender.file.filePattern = ${sys:log.file}.%i
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 50MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = ${env:MAX_LOG_FILE_NUMBER:-5}

# Libraries stay at INFO when the root logger is turned to DEBUG.
logger.pekko.name = org.apache.pekko
logger.pekko.level = INFO
logger.kafka.name = org.apache.kafka
logger.kafka.level = INFO
logger.hadoop.name = org.apache.hadoop
logger.hadoop.level = INFO
logger.zookeeper.name = org.apache.flink.shaded.zookeeper3
logger.zookeeper.level = INFO
logger.netty.name = org.apache.flink.shaded.netty4
logger.netty.level = INFO
logger.kubernetes.name = org.apache.flink.kubernetes.shaded
logger.kubernetes.level = INFO
"""
"""Default of ``log4j-console.properties``: console and rolling file, INFO, louder with ``ROOT_LOG_LEVEL``."""


def distribution_configuration(version: FlinkVersion) -> Configuration:
    """Return what ``conf/config.yaml`` of the distribution sets; only the module flags changed between the series."""
    exports = _ADD_EXPORTS if version.is_at_least("2.1") else _ADD_EXPORTS_BEFORE_2_1
    flags = [f"--add-exports={module}=ALL-UNNAMED" for module in exports]
    flags += [f"--add-opens={module}=ALL-UNNAMED" for module in _ADD_OPENS]
    return Configuration({"env.java.opts.all": " ".join(flags), **_DEFAULTS})
