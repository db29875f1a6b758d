"""Which log configuration a session ships: the user's own files, and the default ones of other names."""

from __future__ import annotations

from collections.abc import Mapping

from flink_session.configuration.findings import Finding, FindingCollector
from flink_session.configuration.flink_version import DEFAULT_SERIES, FlinkVersion
from flink_session.configuration.log_configuration import DEFAULT_LOG_CONFIGURATION, LEVELS, is_logger, with_levels
from flink_session.deployment.session_cluster_options import SessionClusterOptions
from flink_session.kubernetes import constants


def log_files(
    options: SessionClusterOptions, version: FlinkVersion | None, collector: FindingCollector
) -> Mapping[str, str]:
    """Return the log files to ship, by name; ``collector`` gets what is wrong with the arguments."""
    levels = options.logging.levels
    collector.add(_wrong_levels(levels))
    if options.log_configuration is None:
        right = {logger: level.upper() for logger, level in levels.items() if level.upper() in LEVELS}
        return with_levels(DEFAULT_LOG_CONFIGURATION, {name: right[name] for name in right if is_logger(name)})
    if levels:
        fix = "write the levels into these files, or remove log_configuration"
        collector.add((Finding("logging.levels", None, "must not be given beside log_configuration", fix),))
    known = constants.log_configuration_files(version or FlinkVersion.parse(DEFAULT_SERIES))
    fix = f"use one of {', '.join(known)}"
    collector.add(
        Finding(f"log_configuration, {name}", None, "is no file that Flink reads", fix)
        for name in options.log_configuration
        if name not in known
    )
    return {**DEFAULT_LOG_CONFIGURATION, **options.log_configuration}


def _wrong_levels(levels: Mapping[str, str]) -> list[Finding]:
    found = []
    for logger, level in levels.items():
        if not is_logger(logger):
            rule = "must be the name of a class or a package, or root"
            found.append(Finding(f"logging.levels, {logger}", None, rule, "write it as org.apache.flink.runtime"))
        if level.upper() not in LEVELS:
            rule = f"must be {', '.join(LEVELS[:-1])} or {LEVELS[-1]}"
            found.append(Finding(f"logging.levels, {logger}", level, rule, "write one of these"))
    return found
