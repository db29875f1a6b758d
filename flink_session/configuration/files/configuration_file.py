"""The configuration file of a folder, whichever of the two it is, and the one that goes into the cluster."""

from __future__ import annotations

from collections.abc import Mapping

from flink_session.configuration.configuration import FLINK_CONF_FILENAME, LEGACY_FLINK_CONF_FILENAME, Configuration
from flink_session.configuration.files.config_yaml import dump_config_yaml, load_config_yaml
from flink_session.configuration.files.flink_conf import dump_flink_conf, load_flink_conf
from flink_session.configuration.findings import illegal
from flink_session.configuration.flink_version import FlinkVersion


def load_configuration(files: Mapping[str, str], version: FlinkVersion) -> Configuration:
    """Read the configuration out of a folder's files, given by name. Mirrors ``GlobalConfiguration.loadConfiguration``.

    Raises:
        IllegalConfigurationError: the file is not there, or Flink would refuse it.
    """
    if LEGACY_FLINK_CONF_FILENAME in files and version.reads_flink_conf:
        return load_flink_conf(files[LEGACY_FLINK_CONF_FILENAME])
    if FLINK_CONF_FILENAME not in files:
        fix = f"write one; Flink {version.series} reads no {LEGACY_FLINK_CONF_FILENAME}"
        raise illegal(FLINK_CONF_FILENAME, None, "must be there", "write one" if version.reads_flink_conf else fix)
    return load_config_yaml(files[FLINK_CONF_FILENAME])


def dump_configuration(configuration: Configuration) -> str:
    """Write the file that the configuration's processes read, :attr:`Configuration.file_name`.

    Raises:
        IllegalConfigurationError: it cannot be written so that nothing is lost.
    """
    return dump_config_yaml(configuration) if configuration.standard_yaml else dump_flink_conf(configuration)
