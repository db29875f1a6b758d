"""The log configuration that a session has by default, for Log4j and for Logback, and levels laid over it.

Flink's image logs by Log4j; an image with Logback's jars in their place has the other file. Both are read again by
running processes, so that a level is changed without a restart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

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

_DEFAULT_LOGBACK_CONSOLE_XML = """\
<!-- Read by JobManager and TaskManagers; changes are taken up while they run. -->
<configuration scan="true" scanPeriod="30 seconds">
  <!-- What the container prints. -->
  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
    <encoder>
      <pattern>%d{yyyy-MM-dd HH:mm:ss,SSS} %-5level %-60logger - %msg%n</pattern>
    </encoder>
  </appender>

  <!-- What the web UI shows. -->
  <appender name="file" class="ch.qos.logback.core.rolling.RollingFileAppender">
    <file>${log.file}</file>
    <rollingPolicy class="ch.qos.logback.core.rolling.FixedWindowRollingPolicy">
      <fileNamePattern>${log.file}.%i</fileNamePattern>
      <minIndex>1</minIndex>
      <maxIndex>5</maxIndex>
    </rollingPolicy>
    <triggeringPolicy class="ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy">
      <maxFileSize>50MB</maxFileSize>
    </triggeringPolicy>
    <encoder>
      <pattern>%d{yyyy-MM-dd HH:mm:ss,SSS} %-5level %-60logger - %msg%n</pattern>
    </encoder>
  </appender>

  <root level="${ROOT_LOG_LEVEL:-INFO}">
    <appender-ref ref="console"/>
    <appender-ref ref="file"/>
  </root>

  <!-- Libraries stay at INFO when the root logger is turned to DEBUG. -->
  <logger name="org.apache.pekko" level="INFO"/>
  <logger name="org.apache.kafka" level="INFO"/>
  <logger name="org.apache.hadoop" level="INFO"/>
  <logger name="org.apache.flink.shaded.zookeeper3" level="INFO"/>
  <logger name="org.apache.flink.shaded.netty4" level="INFO"/>
  <logger name="org.apache.flink.kubernetes.shaded" level="INFO"/>
</configuration>
"""

_LOG4J, _LOGBACK = "log4j-console.properties", "logback-console.xml"
DEFAULT_LOG_CONFIGURATION: Mapping[str, str] = MappingProxyType(
    {_LOG4J: DEFAULT_LOG4J_CONSOLE_PROPERTIES, _LOGBACK: _DEFAULT_LOGBACK_CONSOLE_XML}
)
"""The default files by name: console and rolling file, INFO, louder with ``ROOT_LOG_LEVEL``."""

LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF")
"""What both Log4j and Logback take."""
ROOT = "root"
"""What both call the logger of everything that has none of its own."""

_LOGGER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*(\.[A-Za-z_$][A-Za-z0-9_$-]*)*", re.ASCII)


def is_logger(name: str) -> bool:
    """Tell whether something can be the name of a logger, as classes and packages have it."""
    return _LOGGER.fullmatch(name) is not None


def with_levels(files: Mapping[str, str], levels: Mapping[str, str]) -> Mapping[str, str]:
    """Lay levels over the default files: where a logger has one already, that one is changed.

    Args:
        files: the default files.
        levels: levels by loggers, both right.
    """
    if not levels:
        return files
    return {_LOG4J: _log4j(files[_LOG4J], levels), _LOGBACK: _logback(files[_LOGBACK], levels)}


def _log4j(text: str, levels: Mapping[str, str]) -> str:
    known = {name: logger for logger, name in re.findall(r"(?m)^logger\.(\w+)\.name = (.+)$", text)}
    further = []
    for number, (name, level) in enumerate(sorted(levels.items()), 1):
        key = "rootLogger" if name == ROOT else f"logger.{known[name]}" if name in known else None
        if key:
            text = re.sub(rf"(?m)^{re.escape(key)}\.level = .+$", f"{key}.level = {level}", text)
        else:
            further += [f"logger.level{number}.name = {name}", f"logger.level{number}.level = {level}"]
    return _followed_by(text, further and ["", "# The argument logging.levels.", *further])


def _logback(text: str, levels: Mapping[str, str]) -> str:
    further = []
    for name, level in sorted(levels.items()):
        start = "<root level=" if name == ROOT else f'<logger name="{name}" level='
        if start in text:
            text = re.sub(rf'{re.escape(start)}"[^"]*"', f'{start}"{level}"', text)
        else:
            further.append(f'  {start}"{level}"/>')
    end = "</configuration>\n"
    lines = further and ["", "  <!-- The argument logging.levels. -->", *further]
    return _followed_by(text.removesuffix(end), lines) + end


def _followed_by(text: str, lines: list[str]) -> str:
    return text + "".join(f"{line}\n" for line in lines)
