"""Changes whose meaning is known: arguments before and after, the impact, and what the review has to say of it.

Each impact that speaks of restarts or of jobs was seen on a real node for one case of its kind, see tests/node.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flink_session.review.model import Impact

Args = Mapping[str, Any]

PLAIN: Args = {"cluster_id": "demo", "namespace": "default"}
HA: Args = {**PLAIN, "high_availability": {"storage_dir": "file:///ha"}}


@dataclass(frozen=True)
class Case:
    """One change; `says` are texts that its review has somewhere, in this order of importance."""

    name: str
    before: Args | None
    after: Args | None
    impact: Impact
    says: tuple[str, ...] = ()


def _with(base: Args, **more: Any) -> Args:
    return {**base, **more}


def _options(base: Args, options: Mapping[str, Any]) -> Args:
    return {**base, "configuration": dict(options)}


_LOST, _BACK = Impact.JOBS_LOST, Impact.JOBS_RECOVER
_NONE, _REPLACED = Impact.NO_EFFECT, Impact.SESSION_REPLACED

_ARGUMENTS: tuple[Case, ...] = (
    Case("nothing", PLAIN, PLAIN, _NONE),
    Case("created", None, PLAIN, Impact.SESSION_CREATED, ("the session is created",)),
    Case("created with HA", None, HA, Impact.SESSION_CREATED),
    Case("deleted", PLAIN, None, Impact.SESSION_DELETED, ("the session is deleted",)),
    Case("deleted with HA", HA, None, Impact.SESSION_DELETED),
    Case("renamed", PLAIN, _with(PLAIN, cluster_id="other"), _REPLACED, ("cluster_id 'demo' → 'other'",)),
    Case("renamed with HA", HA, _with(HA, cluster_id="other"), _REPLACED, ("jobs are lost",)),
    Case("moved", PLAIN, _with(PLAIN, namespace="other"), _REPLACED, ("namespace 'default' → 'other'",)),
    Case("image", PLAIN, _with(PLAIN, image="own/flink:2.2.1"), _LOST, ("image not set → 'own/flink:2.2.1'",)),
    Case("patch release", _with(PLAIN, flink_version="2.2.0"), _with(PLAIN, flink_version="2.2.1"), _LOST),
    Case("minor release", _with(PLAIN, flink_version="2.1"), _with(PLAIN, flink_version="2.2"), _LOST),
    Case("minor release with HA", _with(HA, flink_version="2.1"), _with(HA, flink_version="2.2"), _BACK),
    Case("pull policy", PLAIN, _with(PLAIN, image_pull_policy="Always"), _LOST),
    Case("pull secrets", PLAIN, _with(PLAIN, image_pull_secrets=["registry"]), _LOST),
    Case("own account", PLAIN, _with(PLAIN, service_account="own"), _LOST, ("service_account not set → 'own'",)),
    Case("no pod security", PLAIN, _with(PLAIN, pod_security="none"), _LOST),
    Case("rights of owners", PLAIN, _with(PLAIN, owner_reference_permission=True), _NONE),
    Case("JobManager's cpu", PLAIN, _with(PLAIN, job_manager={"cpu": 2}), _LOST, ("2 cores",)),
    Case("JobManager's memory", PLAIN, _with(PLAIN, job_manager={"memory": "3Gi"}), _LOST, ("3 GiB",)),
    Case("JobManager's nodes", PLAIN, _with(PLAIN, job_manager={"node_selector": {"disk": "ssd"}}), _LOST),
    Case("TaskManagers' cpu", PLAIN, _with(PLAIN, task_manager={"cpu": 2}), _LOST),
    Case("TaskManagers' memory", PLAIN, _with(PLAIN, task_manager={"memory": "4Gi"}), _LOST, ("4 GiB",)),
    Case("TaskManagers' memory with HA", HA, _with(HA, task_manager={"memory": "4Gi"}), _BACK, ("4 GiB",)),
    Case("slots", PLAIN, _with(PLAIN, task_manager={"slots": 4}), _LOST, ("taskmanager.numberOfTaskSlots",)),
    Case("most slots", PLAIN, _with(PLAIN, task_manager={"max_slots": 8}), _LOST, ("8 slots",)),
    Case("least slots", PLAIN, _with(PLAIN, task_manager={"min_slots": 2}), _LOST, ("2 slots",)),
    Case("idle timeout", PLAIN, _with(PLAIN, task_manager={"idle_timeout": "90s"}), _LOST),
    Case("TaskManagers' nodes", PLAIN, _with(PLAIN, task_manager={"node_selector": {"disk": "ssd"}}), _LOST),
    Case("exposed by a node port", PLAIN, _with(PLAIN, rest_service_exposed_type="NodePort"), _LOST),
    Case("exposed with HA", HA, _with(HA, rest_service_exposed_type="LoadBalancer"), _BACK),
    Case("address of a node", PLAIN, _with(PLAIN, rest_service_node_address="192.0.2.1"), _NONE),
    Case("HA switched on", PLAIN, HA, _LOST, ("high-availability.type",)),
    Case("HA switched off", HA, PLAIN, _LOST),
    Case("HA moved", HA, _with(HA, high_availability={"storage_dir": "file:///other"}), _LOST, ("ha-storage-moved",)),
    Case(
        "a second JobManager",
        HA,
        _with(HA, high_availability={"storage_dir": "file:///ha", "replicas": 2}),
        _BACK,
    ),
    Case("suspended", PLAIN, _with(PLAIN, suspended=True), Impact.SESSION_SUSPENDED, ("jobs are lost",)),
    Case("suspended with HA", HA, _with(HA, suspended=True), Impact.SESSION_SUSPENDED, ("jobs recover",)),
    Case("resumed", _with(HA, suspended=True), HA, Impact.SESSION_RESUMED),
    Case("suspended and renamed", HA, _with(HA, cluster_id="other", suspended=True), _REPLACED),
    Case("ready timeout", PLAIN, _with(PLAIN, ready_timeout="20m"), _NONE),
    Case("pod template", PLAIN, _with(PLAIN, pod_template={"metadata": {"labels": {"team": "a"}}}), _LOST),
    Case("log level", PLAIN, _with(PLAIN, logging={"levels": {"org.apache.flink": "DEBUG"}}), _NONE, ("+logger",)),
    Case("hadoop", PLAIN, _with(PLAIN, hadoop_configuration={"core-site.xml": "<configuration/>"}), _LOST),
)

_OPTIONS: tuple[tuple[str, object], ...] = (
    ("rest.port", 9000),
    ("parallelism.default", 4),
    ("execution.checkpointing.interval", "1min"),
    ("execution.checkpointing.dir", "file:///checkpoints"),
    ("state.backend.type", "rocksdb"),
    ("restart-strategy.type", "fixed-delay"),
    ("taskmanager.memory.managed.fraction", 0.2),
    ("taskmanager.memory.network.max", "256mb"),
    ("jobmanager.memory.jvm-metaspace.size", "300mb"),
    ("jobmanager.scheduler", "adaptive"),
    ("web.submit.enable", False),
    ("web.upload.dir", "/tmp/jars"),
    ("kubernetes.jobmanager.annotations", "a:b"),
    ("kubernetes.jobmanager.labels", "a:b"),
    ("kubernetes.taskmanager.labels", "a:b"),
    ("kubernetes.rest-service.annotations", "a:b"),
    ("kubernetes.secrets", "mine:/mnt"),
    ("kubernetes.hostnetwork.enabled", True),
    ("env.java.opts.jobmanager", "-XX:+UseG1GC"),
    ("containerized.master.env.TZ", "UTC"),
    ("metrics.scope.jm", "flink"),
    ("blob.server.port", 6200),
)


CASES: tuple[Case, ...] = (
    *_ARGUMENTS,
    *(Case(f"{key} is set", PLAIN, _options(PLAIN, {key: value}), _LOST, (key,)) for key, value in _OPTIONS),
    *(Case(f"{key} goes, with HA", _options(HA, {key: value}), HA, _BACK, (key,)) for key, value in _OPTIONS[:6]),
)
