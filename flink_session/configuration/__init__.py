"""Flink's configuration: options, values, files. The lowest layer; it knows neither Kubernetes nor Pulumi."""

from flink_session.configuration.configuration import FLINK_CONF_FILENAME, Configuration
from flink_session.configuration.distribution import distribution_configuration
from flink_session.configuration.duration import Duration
from flink_session.configuration.files.config_yaml import dump_config_yaml, load_config_yaml
from flink_session.configuration.files.configuration_file import find_losses, load_configuration
from flink_session.configuration.findings import (
    Finding,
    FindingCollector,
    IllegalConfigurationError,
    is_sensitive,
)
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.configuration.log_configuration import DEFAULT_LOG4J_CONSOLE_PROPERTIES
from flink_session.configuration.memory_size import MemorySize
from flink_session.configuration.options import ConfigOption

__all__ = [
    "DEFAULT_LOG4J_CONSOLE_PROPERTIES",
    "FLINK_CONF_FILENAME",
    "ConfigOption",
    "Configuration",
    "Duration",
    "Finding",
    "FindingCollector",
    "FlinkVersion",
    "IllegalConfigurationError",
    "MemorySize",
    "distribution_configuration",
    "dump_config_yaml",
    "find_losses",
    "is_sensitive",
    "load_config_yaml",
    "load_configuration",
]
