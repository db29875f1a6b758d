"""What is certainly wrong with a session cluster some of whose arguments are not known, or wrong by themselves.

Nobody should hear of the second fault only after the first is mended; nor of what only follows from the first. So each
argument that is not known takes some right values in turn, and what is found every time does not depend on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flink_session.configuration.findings import Finding, FindingCollector
from flink_session.configuration.flink_version import NEWEST_PATCH
from flink_session.deployment.preparation import deploy, find_faults_of_single_options, prepare
from flink_session.deployment.session_cluster_options import SessionClusterOptions

_MOUNTS_ALL = {
    "spec": {"containers": [{"name": "flink-main-container", "volumeMounts": [{"name": "all", "mountPath": "/"}]}]}
}
_TEMPLATES: tuple[Any, ...] = (None, {}, _MOUNTS_ALL)
_RIGHT_VALUES: Mapping[str, tuple[Any, ...]] = {
    "cluster_id": ("unknown",),
    "namespace": ("default",),
    "flink_version": tuple(NEWEST_PATCH),
    "image": (None, "registry.example.org/own:1"),
    "image_pull_policy": (None, "Always"),
    "image_pull_secrets": ((), ("unknown",)),
    "service_account": (None, "unknown"),
    "job_manager.cpu": (None, 1000),
    "job_manager.memory": (None, "1Ti"),
    "job_manager.pod_template": _TEMPLATES,
    "job_manager.node_selector": ({},),
    "job_manager.tolerations": ((),),
    "job_manager.priority_class": (None,),
    "job_manager.topology_spread": ((),),
    "task_manager.cpu": (None, 1000, 0.001),
    "task_manager.memory": (None, "1Ti"),
    "task_manager.slots": (None, 1000),
    "task_manager.min_slots": (None,),
    "task_manager.max_slots": (None, 1000000),
    "task_manager.idle_timeout": (None,),
    "task_manager.pod_template": _TEMPLATES,
    "task_manager.node_selector": ({},),
    "task_manager.tolerations": ((),),
    "high_availability.storage_dir": ("file:///unknown", "hdfs:///unknown"),
    "high_availability.replicas": (None, 2),
    "suspended": (False, True),
    "task_manager.priority_class": (None,),
    "task_manager.topology_spread": ((),),
    "state_storage": (None, "s3://unknown/folder", "gs://unknown/folder"),
    "plugins": (None, ()),
    "rest_service_exposed_type": (None, "LoadBalancer"),
    "log_configuration": (None,),
    "logging.levels": ({},),
    "pod_template": _TEMPLATES,
    "hadoop_configuration": ({},),
}
"""Values that differ as much as right ones can, in what they do to findings on other arguments."""


def find_faults(options: SessionClusterOptions, unknown: Collection[str] = ()) -> tuple[Finding, ...]:
    """Find what is wrong whatever the unknown arguments are, and whatever the right values of the wrong ones.

    Args:
        options: the arguments; of ``configuration`` what is known.
        unknown: names of those whose values are not known, such as ``job_manager.memory``, or ``job_manager`` for all
            of these. With ``configuration``, some options are not known.
    """
    collector = FindingCollector()
    unknown = set(_single(unknown))
    given = {name: _RIGHT_VALUES[name][-1] for name in unknown if name in _RIGHT_VALUES}
    prepared = prepare(_with(options, given), collector)
    unknown |= prepared.at_fault
    known = {finding.key for finding in collector.findings}
    certain: list[Finding] | None = None
    for values in _right_values(unknown):
        found = _findings(_with(options, values), whole="configuration" not in unknown)
        certain = found if certain is None else [finding for finding in certain if finding in found]
        if not certain:
            break
    collector.add(f for f in certain or () if f.key not in known and f.key.partition(", ")[0] not in unknown)
    return tuple(collector.findings)


def _findings(options: SessionClusterOptions, *, whole: bool) -> list[Finding]:
    prepared, collector = prepare(options, FindingCollector()), FindingCollector()
    if whole:
        deploy(prepared, collector)
    else:
        find_faults_of_single_options(prepared, collector)
    return collector.findings


def _single(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        within = [known for known in _RIGHT_VALUES if known.startswith(f"{name}.")]
        yield from within or (name,)


def _right_values(unknown: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield values of all unknown arguments together, until each has had all of its values."""
    values = {name: _RIGHT_VALUES[name] for name in unknown if name in _RIGHT_VALUES}
    for turn in range(max(map(len, values.values()), default=1)):
        yield {name: of_name[turn % len(of_name)] for name, of_name in values.items()}


def _with(options: SessionClusterOptions, values: Mapping[str, Any]) -> SessionClusterOptions:
    for name, value in values.items():
        role, dot, field = name.partition(".")
        options = replace(options, **{role: replace(getattr(options, role), **{field: value}) if dot else value})
    return options
