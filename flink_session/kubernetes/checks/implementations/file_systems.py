"""Folders in storage: whether the processes find a file system for them, and take them at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flink_session.configuration.catalogue import jar_catalogue
from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import MASTER_ENVIRONMENT_PREFIX, HighAvailabilityOptions
from flink_session.configuration.findings import Finding
from flink_session.configuration.options import ConfigOption
from flink_session.kubernetes.checks.implementations.containers import (
    LIB,
    OPT,
    PLUGINS,
    MainContainer,
    is_below,
    main_containers,
)
from flink_session.kubernetes.checks.implementations.plugins import SWITCH
from flink_session.kubernetes.checks.later_options import StorageOptions
from flink_session.kubernetes.checks.reading import explicit
from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters

_SCHEME = re.compile(r"\s*([^:/?#]+):")
_LOCAL = "file"
_HADOOP_CLASSPATH = "HADOOP_CLASSPATH"
_OF_BOTH_ROLES: tuple[ConfigOption[str | None], ...] = (
    HighAvailabilityOptions.HA_STORAGE_PATH,
    StorageOptions.CHECKPOINTS_DIRECTORY,
    StorageOptions.SAVEPOINT_DIRECTORY,
    StorageOptions.CHANGELOG_BASE_PATH,
    StorageOptions.FORST_PRIMARY_DIRECTORY,
    StorageOptions.HYBRID_SHUFFLE_REMOTE_PATH,
)
_OF_JOB_MANAGER: tuple[ConfigOption[str | None], ...] = (
    StorageOptions.ARCHIVE_DIR,
    StorageOptions.JOB_RESULT_STORE_PATH,
    StorageOptions.APPLICATION_RESULT_STORE_PATH,
)
_OF_CHECKPOINTS = (StorageOptions.CHECKPOINTS_DIRECTORY, StorageOptions.SAVEPOINT_DIRECTORY)


def check_file_systems(parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find folders that Flink refuses, that go with the pod, or whose file system is missing or switched off."""
    configuration = parameters.configuration
    for option in _OF_CHECKPOINTS:
        yield from _checkpoints(configuration, option)
    if not any(map(configuration.contains, (*_OF_BOTH_ROLES, *_OF_JOB_MANAGER))):
        return
    containers = tuple(main_containers(parameters))
    yield from _high_availability(configuration, containers[0])
    for container in containers:
        yield from _unknown_schemes(container, parameters)


def _checkpoints(configuration: Configuration, option: ConfigOption[str | None]) -> Iterator[Finding]:
    """Find what ``FileSystemCheckpointStorage`` refuses, with each job."""
    folder = explicit(configuration, option)
    if folder is None:
        return
    key, path = folder
    scheme = _SCHEME.match(path)
    if scheme is None or path[scheme.end() :][:1] != "/" or path != path.lstrip():
        rule = "must begin with the scheme of a file system, else no job starts"
        yield Finding(key, path, rule, f"write file://{path}" if path[:1] == "/" else "write it whole, as in s3://a/b")
    elif not re.sub(r"^//[^/]*", "", path[scheme.end() :]).strip("/"):
        rule = "must name a folder, and not the root of a file system, else no job starts"
        yield Finding(key, path, rule, f"write {path.rstrip('/')}/checkpoints, for example")


def _high_availability(configuration: Configuration, container: MainContainer) -> Iterator[Finding]:
    folder = explicit(configuration, HighAvailabilityOptions.HA_STORAGE_PATH)
    if folder is None or scheme_of(configuration, folder[1]) != _LOCAL or container.opaque:
        return
    path = _SCHEME.sub("", folder[1], count=1).strip()
    if path and not any(is_below(path, mount) for mount in container.mounts):
        rule = "is in the container, so that no other JobManager finds it"
        fix = "name a folder in durable storage, or mount a volume there"
        yield Finding(*folder, rule, fix, "warning")


def _unknown_schemes(container: MainContainer, parameters: KubernetesJobManagerParameters) -> Iterator[Finding]:
    """Find the schemes that no file system knows in a container of Flink's own image."""
    if not container.shows(LIB, OPT, PLUGINS):
        return
    configuration = parameters.configuration
    jars = jar_catalogue(parameters.flink_version.series)
    is_job_manager = container.prefix == MASTER_ENVIRONMENT_PREFIX
    needed: dict[str, list[str]] = {}
    for option in (*_OF_BOTH_ROLES, *(_OF_JOB_MANAGER if is_job_manager else ())):
        folder = explicit(configuration, option)
        if folder is None:
            continue
        scheme = scheme_of(configuration, folder[1])
        if scheme in jars.file_systems:
            needed.setdefault(scheme, []).append(folder[0])
        elif scheme != _LOCAL and _HADOOP_CLASSPATH not in container.variables:
            yield _no_file_system(*folder, scheme)
    for scheme, keys in needed.items():
        yield from _switched_off(scheme, keys, container, parameters)


def _no_file_system(key: str, path: str, scheme: str) -> Finding:
    if scheme != scheme.lower():
        rule = f"has the scheme {scheme}, which Flink knows in small letters only"
        return Finding(key, path, rule, f"write {scheme.lower()}")
    rule = f"is at {scheme}://, for which Flink needs Hadoop, and its own image has none"
    fix = f"use an image with Hadoop, or set {_HADOOP_CLASSPATH} in both roles, or use s3, gs, abfs or oss by a plugin"
    return Finding(key, path, rule, fix)


def _switched_off(
    scheme: str, keys: list[str], container: MainContainer, parameters: KubernetesJobManagerParameters
) -> Iterator[Finding]:
    artifacts = jar_catalogue(parameters.flink_version.series).file_systems[scheme]
    variable = container.variables.get(SWITCH)
    if variable is not None and (variable.value is None or any(name in variable.value for name in artifacts)):
        return
    jar = f"{artifacts[0]}-{container.release or parameters.flink_version}.jar"
    key = f"{container.prefix}.{SWITCH}" if variable is None else variable.key
    rule = f"must name {jar}, which knows {scheme}:// of {' and '.join(keys)}, in Flink's own image"
    value = variable and variable.value
    yield Finding(key, value, rule, f"set it to {value};{jar}" if value else f"set it to {jar}")


def scheme_of(configuration: Configuration, path: str) -> str:
    """Return the scheme of a path, as ``FileSystem`` finds it."""
    match = _SCHEME.match(path)
    if match is not None:
        return match[1]
    default = explicit(configuration, StorageOptions.DEFAULT_FILESYSTEM_SCHEME)
    match = _SCHEME.match(default[1]) if default else None
    return match[1] if match else _LOCAL
