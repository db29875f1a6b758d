"""The configuration file of a folder, whichever of the two it is, and the one that goes into the cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flink_session.configuration.configuration import FLINK_CONF_FILENAME, LEGACY_FLINK_CONF_FILENAME, Configuration
from flink_session.configuration.files.config_yaml import dump_config_yaml, find_merge_keys, load_config_yaml
from flink_session.configuration.files.flink_conf import dump_flink_conf, load_flink_conf
from flink_session.configuration.files.flink_conf_losses import find_lost_lines
from flink_session.configuration.findings import Finding, illegal
from flink_session.configuration.flink_version import FlinkVersion


def load_configuration(files: Mapping[str, bytes | str], version: FlinkVersion) -> Configuration:
    """Read the configuration out of a folder's files, given by name. Mirrors ``GlobalConfiguration.loadConfiguration``.

    Args:
        files: bytes, or texts, by name.
        version: the release that reads them.

    Raises:
        IllegalConfigurationError: the file is not there, or Flink would refuse it.
    """
    if _reads_flink_conf(files, version):
        return load_flink_conf(files[LEGACY_FLINK_CONF_FILENAME])
    if FLINK_CONF_FILENAME not in files:
        fix = f"write one; Flink {version.series} reads no {LEGACY_FLINK_CONF_FILENAME}"
        raise illegal(FLINK_CONF_FILENAME, None, "must be there", "write one" if version.reads_flink_conf else fix)
    return load_config_yaml(files[FLINK_CONF_FILENAME])


def find_losses(files: Mapping[str, bytes | str], version: FlinkVersion) -> Iterator[Finding]:
    """Find what Flink does not take from the files that :func:`load_configuration` reads, and says nothing of."""
    legacy = _reads_flink_conf(files, version)
    read, other = FLINK_CONF_FILENAME, LEGACY_FLINK_CONF_FILENAME
    if legacy:
        read, other = other, read
    if other in files:
        rule = f"is not read by Flink {version.series} beside {read}"
        yield Finding(other, None, rule, f"remove it, or move its options to {read}", "warning")
    yield from find_lost_lines(files[read]) if legacy else find_merge_keys(files[read])


def dump_configuration(configuration: Configuration) -> str:
    """Write the file that the configuration's processes read, :attr:`Configuration.file_name`.

    Raises:
        IllegalConfigurationError: it cannot be written so that nothing is lost.
    """
    return dump_config_yaml(configuration) if configuration.standard_yaml else dump_flink_conf(configuration)


def _reads_flink_conf(files: Mapping[str, bytes | str], version: FlinkVersion) -> bool:
    return LEGACY_FLINK_CONF_FILENAME in files and version.reads_flink_conf
