"""From the arguments of a component to the plan of its cluster, or to all that is wrong with them, in one go.

What does not fit the shape of the arguments is said in the words of :mod:`flink_session.deployment.argument_rules`,
together with all that is certainly wrong with the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from flink_session.configuration import Finding, FindingCollector, IllegalConfigurationError
from flink_session.deployment.argument_rules import ADD_CLUSTER_ID, RULES, finding_of
from flink_session.deployment.faults import find_faults
from flink_session.deployment.session import SessionCluster, plan_session_cluster
from flink_session.deployment.settings import GROUPS, FlinkSessionClusterSettings


@dataclass(frozen=True, slots=True)
class Shape:
    """Arguments as far as they have the right shape.

    Attributes:
        settings: those that have; the others have their defaults, and the cluster a name of no meaning.
        findings: what is wrong with the others.
        at_fault: their names, such as ``job_manager.memory``.
    """

    settings: FlinkSessionClusterSettings
    findings: tuple[Finding, ...]
    at_fault: frozenset[str]

    @classmethod
    def of(cls, args: Mapping[str, Any], add_cluster_id: str = ADD_CLUSTER_ID) -> Shape:
        """Coerce ``args``, by the names of their fields.

        Args:
            args: the arguments.
            add_cluster_id: says where to put the cluster's name, if it is missing.
        """
        collector, at_fault = FindingCollector(), set[str]()
        rest = {
            name: dict(value) if name in GROUPS and isinstance(value, dict) else value for name, value in args.items()
        }
        while True:
            try:
                settings = FlinkSessionClusterSettings.model_validate(rest)
            except ValidationError as error:
                for details in error.errors(include_url=False):
                    path = details["loc"]
                    collector.add((finding_of(details["type"], path, _given(args, path), add_cluster_id),))
                    at_fault.add(_without(rest, path))
            else:
                return cls(settings, _without_consequences(collector.errors), frozenset(at_fault))


def _given(args: Mapping[str, Any], path: tuple[int | str, ...]) -> object:
    """Return what stands where a path leads, as far as it leads anywhere."""
    value: Any = args
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            break
    return value


def _as_given(findings: Iterable[Finding], args: Mapping[str, Any]) -> Iterator[Finding]:
    """Show scalars as they were given, not as they were coerced."""
    for finding in findings:
        given = _given(args, tuple(finding.key.split(".")))
        scalar = finding.value is not None and finding.key in RULES and isinstance(given, (str, bool, int, float))
        yield replace(finding, value=given) if scalar else finding


def _without_consequences(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Leave out that the cluster has no name, where it has one under another name than it should."""
    called_otherwise = any(finding.fix == "use 'cluster_id'" for finding in findings)
    return tuple(finding for finding in findings if not (called_otherwise and finding.key == "cluster_id"))


def _without(args: dict[str, Any], path: tuple[int | str, ...]) -> str:
    """Remove the argument that a path leads to or into, and return its name."""
    name, *inner = map(str, path)
    if inner and isinstance(args.get(name), dict) and name in GROUPS:
        args[name].pop(inner[0], None)
        return f"{name}.{inner[0]}"
    args.pop(name, None)
    if name == "cluster_id":
        args[name] = "unknown"
    return name


def plan(
    args: Mapping[str, Any], read_file: Callable[[str], bytes], add_cluster_id: str = ADD_CLUSTER_ID
) -> tuple[FlinkSessionClusterSettings, SessionCluster]:
    """Plan a session cluster from arguments that are all known.

    Args:
        args: the arguments, by the names of their fields.
        read_file: reads a file that an argument or an option names by its path; raises ``OSError``.
        add_cluster_id: says where to put the cluster's name, if it is missing.

    Raises:
        IllegalConfigurationError: with everything that is wrong.
    """
    shape = Shape.of(args, add_cluster_id)
    options, unreadable = shape.settings.session_cluster_options(read_file)
    if shape.findings or unreadable:
        faults(args, read_file, add_cluster_id=add_cluster_id)[1].raise_errors()
    try:
        return shape.settings, plan_session_cluster(options)
    except IllegalConfigurationError as error:
        raise IllegalConfigurationError(_as_given(error.findings, args), _as_given(error.warnings, args)) from None


def faults(
    args: Mapping[str, Any],
    read_file: Callable[[str], bytes],
    *,
    unknown: Collection[str] = (),
    known: Iterable[Finding] = (),
    add_cluster_id: str = ADD_CLUSTER_ID,
) -> tuple[FlinkSessionClusterSettings, FindingCollector]:
    """Find all that is certainly wrong with arguments.

    Args:
        args: the arguments, by the names of their fields, as far as they are known.
        read_file: reads a file that an argument or an option names by its path; raises ``OSError``.
        unknown: names of arguments that are not known, or in part, such as ``job_manager.memory``.
        known: what is found already.
        add_cluster_id: says where to put the cluster's name, if it is missing.
    """
    collector = FindingCollector()
    collector.add(known)
    shape = Shape.of({"cluster_id": "unknown", **args} if "cluster_id" in unknown else args, add_cluster_id)
    options, unreadable = shape.settings.session_cluster_options(read_file)
    collector.add((*shape.findings, *unreadable))
    at_fault = {*unknown, *shape.at_fault, *(finding.key for finding in unreadable)}
    collector.add(_as_given(find_faults(options, at_fault), args))
    return shape.settings, collector
