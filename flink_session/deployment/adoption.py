"""Taking over a session that ``kubernetes-session.sh`` has made: what of it is the same as planned, and what is not.

Flink writes its options in the order of a hash table, so that no text of ours equals its file, though it says the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flink_session.configuration.catalogue import option_catalogue
from flink_session.configuration.configuration import (
    FLINK_CONF_FILENAME,
    LEGACY_FLINK_CONF_FILENAME,
    Configuration,
)
from flink_session.configuration.duration import Duration
from flink_session.configuration.files.config_yaml import load_config_yaml
from flink_session.configuration.files.flink_conf import load_flink_conf
from flink_session.configuration.findings import Finding, IllegalConfigurationError
from flink_session.configuration.flink_version import DEFAULT_SERIES
from flink_session.configuration.memory_size import MemorySize
from flink_session.deployment.arguments import options_of_arguments
from flink_session.deployment.changes.comparison import ABSENT, FieldPath, compare
from flink_session.deployment.session import SessionCluster, plan_session_cluster
from flink_session.deployment.settings import FlinkSessionClusterSettings
from flink_session.kubernetes.extensions import CHECKSUM_ANNOTATION, Extensions
from flink_session.kubernetes.manifests import Manifest

_READERS = {FLINK_CONF_FILENAME: load_config_yaml, LEGACY_FLINK_CONF_FILENAME: load_flink_conf}
_DEFAULTED = ("resources",)
"""Fields that the API server writes otherwise, and whose values are in the configuration too."""
_READ_BY_TYPE: Mapping[str, Callable[[str], object]] = {
    "memory": MemorySize.parse,
    "duration": Duration.parse,
    "double": float,
    "float": float,
}
_OURS = ("readinessProbe", "startupProbe", "securityContext", CHECKSUM_ANNOTATION)
"""Fields of what we add; where they are missing, there is nothing to set."""
_BY_FIELD = {"image": "image", "serviceAccountName": "service_account", "serviceAccount": "service_account"}


def as_it_is(planned: Manifest, live: Mapping[str, str]) -> Manifest:
    """Give the planned ConfigMap, with the live text of the configuration where that says the same.

    Args:
        planned: the ConfigMap.
        live: the data of the one that is there.
    """
    data = {
        name: live[name] if name in _READERS and name in live and not _options(name, text, live[name]) else text
        for name, text in planned["data"].items()
    }
    return {**planned, "data": data}


def differences(
    cluster: SessionCluster, live: Mapping[str, str], deployment: Manifest, bare: SessionCluster | None = None
) -> tuple[Finding, ...]:
    """Find where the running session is not what the arguments say, and what to set.

    Args:
        cluster: as planned.
        live: the data of its ConfigMap that is there.
        deployment: the JobManager that is there.
        bare: the same without any additions; what differs by these alone is meant to.
    """
    found = (*_of_files(cluster.config_map["data"], live), *_of_deployment(cluster.deployment, deployment))
    if bare is None:
        return found
    unmeant = {finding.key for finding in differences(bare, live, deployment)}
    return tuple(finding for finding in found if finding.key in unmeant)


def without_additions(settings: FlinkSessionClusterSettings, read_file: Callable[[str], bytes]) -> SessionCluster:
    """Plan the same session with nothing added to Flink's objects; the arguments must be all known, and right."""
    options = settings.session_cluster_options(read_file)[0]
    return plan_session_cluster(replace(options, extensions=replace(Extensions.none(), namespace=True)))


def _options(name: str, planned: str, live: str) -> dict[str, tuple[object, object]]:
    """Give the options that two files do not have in common: planned and live."""
    one, other = _read(name, planned).values, _read(name, live).values
    return {
        key: (one.get(key), other.get(key))
        for key in sorted(one.keys() | other.keys())
        if not _is_same(key, one.get(key), other.get(key))
    }


def _is_same(key: str, one: object, other: object) -> bool:
    """Tell whether two values mean the same to Flink: 1g is 1024m, and text may be a number."""
    if _text(one) == _text(other):
        return True
    match = option_catalogue(DEFAULT_SERIES).lookup(key)
    read = _READ_BY_TYPE.get(match.entry.type) if match else None
    try:
        return read is not None and read(str(one)) == read(str(other))
    except ValueError:
        return False


def _read(name: str, text: str) -> Configuration:
    try:
        return _READERS[name](text)
    except IllegalConfigurationError:
        return Configuration({name: "cannot be read"})


def _text(value: object) -> str:
    """Give a value as Flink prints it, whatever its type in the file is."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _of_files(planned: Mapping[str, str], live: Mapping[str, str]) -> Iterator[Finding]:
    arguments = {option: argument for argument, option in options_of_arguments().items()}
    for name in sorted(planned.keys() | live.keys()):
        if name in _READERS and name in planned and name in live:
            for key, (wanted, found) in _options(name, planned[name], live[name]).items():
                yield _finding(key, wanted, found, arguments.get(key, key))
        elif planned.get(name) != live.get(name):
            rule = "is not the text that the running session has" if name in live else "is not in the running session"
            fix = "give the text of that file in the folder conf of Flink's client" if name in live else "leave it out"
            yield Finding(f"log_configuration, {name}", None, rule, fix, "warning")


def _finding(key: str, wanted: object, found: object, said: str) -> Finding:
    if found is None:
        return Finding(key, wanted, "is not set in the running session", f"leave {said} out to take it over", "warning")
    shown = Finding(key, found, "", "").shown_value
    rule = f"is {shown} in the running session"
    return Finding(key, wanted, rule, f"set {said} to {shown} to take it over", "warning")


def _of_deployment(planned: Manifest, live: Manifest) -> Iterator[Finding]:
    """Compare what both say; what only the live object says may be the API server's."""
    wanted, found = planned["spec"]["template"], live["spec"]["template"]
    for change in compare(_common(_whole(found), wanted), wanted):
        added = change.before is ABSENT or CHECKSUM_ANNOTATION in change.path
        if (added and _is_ours(change.path, change.after)) or any(part in _DEFAULTED for part in change.path):
            continue
        argument = next((_BY_FIELD[str(part)] for part in change.path[-1:] if str(part) in _BY_FIELD), None)
        fix = f"set {argument} accordingly" if argument else "say it by a pod_template or by the option that makes it"
        value = None if change.before is ABSENT or isinstance(change.before, (dict, list)) else change.before
        shown = "" if value is None else f": it is {value!r} there"
        rule = f"is not what the running JobManager has{shown}"
        yield Finding(_place(change.path), None, rule, fix, "warning")


def _is_ours(path: FieldPath, value: Any) -> bool:
    """Tell whether a field that the live object does not have is nothing, or an addition."""
    inside = set(value) if isinstance(value, dict) else set()
    return not value or not {*path, *inside}.isdisjoint(_OURS)


def _place(path: FieldPath) -> str:
    return "JobManager, " + ".".join(map(str, path))


def _whole(value: Any) -> Any:
    """Make whole numbers of what Pulumi hands out as floats."""
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _common(live: Any, shape: Any) -> Any:
    """Reduce a live object to the fields that a planned one has."""
    if isinstance(live, dict) and isinstance(shape, dict):
        return {key: _common(live[key], shape[key]) for key in shape if key in live}
    if isinstance(live, list) and isinstance(shape, list):
        by_name = {item.get("name"): item for item in shape if isinstance(item, dict) and "name" in item}
        if by_name:
            return [_common(item, by_name.get(item.get("name"), item)) for item in live]
        pairs = [_common(one, other) for one, other in zip(live, shape, strict=False)]
        return pairs + live[len(shape) :]
    return live
