"""One specification, from options to objects that are ready to be JSON: ours beside Flink's, in the same process."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jpype  # type: ignore[import-untyped]
import pytest

from benchmarks.flink import specification_builder
from benchmarks.report import Figure, Report
from flink_session.configuration import FindingCollector, FlinkVersion, load_config_yaml
from flink_session.deployment import KubernetesClusterClientFactory
from flink_session.deployment.preparation import prepare
from flink_session.deployment.settings import FlinkSessionClusterSettings
from flink_session.kubernetes.client_files import ClientFiles
from tests.conformance.distributions import DEFAULT_FLINK_VERSION, distribution
from tests.conformance.jvm import Flink
from tests.conformance.scenarios import CONF_DIR

CONFIGURATIONS = {
    "the distribution's configuration": {},
    "with high availability, 30 options": {
        "high-availability.type": "kubernetes",
        "high-availability.storageDir": "s3://bucket/ha",
        "kubernetes.jobmanager.replicas": "2",
        "kubernetes.jobmanager.cpu.limit-factor": "2",
        "kubernetes.jobmanager.memory.limit-factor": "1.5",
        "kubernetes.jobmanager.labels": "team:data,tier:one",
        "kubernetes.jobmanager.annotations": "scrape:yes",
        "kubernetes.jobmanager.node-selector": "disk:ssd",
        "kubernetes.jobmanager.tolerations": "key:flink,operator:Exists,effect:NoSchedule",
        "kubernetes.secrets": "s3:/opt/s3,tls:/opt/tls",
        "kubernetes.env.secretKeyRef": "env:KEY,secret:s3,key:access;env:SECRET,secret:s3,key:secret",
        "kubernetes.rest-service.exposed.type": "LoadBalancer",
        "kubernetes.rest-service.annotations": "internal:true",
        **{f"containerized.master.env.VARIABLE_{number}": str(number) for number in range(5)},
        **{f"containerized.taskmanager.env.VARIABLE_{number}": str(number) for number in range(5)},
        **{f"metrics.reporter.prom.option-{number}": str(number) for number in range(7)},
    },
}
ROUNDS = 2000
FIRST = 200


@pytest.fixture(scope="module")
def flink() -> Iterator[Flink]:
    """Flink in this process."""
    if distribution(DEFAULT_FLINK_VERSION) is None:
        pytest.skip(f"the comparison with Flink: the jars of Flink {DEFAULT_FLINK_VERSION} are not here")
    try:
        jpype.getDefaultJVMPath()
    except jpype.JVMNotFoundException:
        pytest.skip("the comparison with Flink: there is no Java")
    flink = Flink(DEFAULT_FLINK_VERSION)
    yield flink
    flink.close()


def our_builder(values: dict[str, str]) -> Callable[[str], list[dict[str, Any]]]:
    """Return what builds the objects of a cluster id."""
    base = load_config_yaml(CONF_DIR["config.yaml"]).with_values({**values, "$internal.deployment.config-dir": "/conf"})
    version = FlinkVersion.parse(DEFAULT_FLINK_VERSION)
    factory, files = KubernetesClusterClientFactory(), ClientFiles(CONF_DIR)

    def build(cluster_id: str) -> list[dict[str, Any]]:
        configuration = base.with_values({"kubernetes.cluster-id": cluster_id})
        descriptor = factory.create_cluster_descriptor(configuration, version, files)
        specification = factory.get_cluster_specification(configuration, version)
        return list(descriptor.deploy_session_cluster(specification).specification.objects)

    return build


def timed(build: Callable[[str], Any], rounds: int) -> list[float]:
    """Return the milliseconds that each of so many builds took."""
    taken = []
    for number in range(rounds):
        started = time.perf_counter()
        build(f"session-{number}")
        taken.append((time.perf_counter() - started) * 1000)
    return taken


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_specification(name: str, benchmark: Any, flink: Flink, tmp_path: Path, report: Report) -> None:
    values = {"execution.target": "kubernetes-session", **CONFIGURATIONS[name]}
    for file, text in CONF_DIR.items():
        (tmp_path / file).write_text(text)
    theirs, ours = specification_builder(flink, values, tmp_path), our_builder(values)
    warming = timed(theirs, ROUNDS)
    warm = statistics.median(timed(theirs, ROUNDS))
    numbers = itertools.count()
    benchmark.pedantic(lambda: ours(f"session-{next(numbers)}"), rounds=ROUNDS, warmup_rounds=FIRST)
    mine = benchmark.stats.stats.median * 1000
    section = f"One specification, {name}"
    report.add(Figure(section, f"flink-session: median of {ROUNDS:,} builds", mine, "ms", aim=1))
    # The JVM of the process is warmer with each configuration: only the first says how Flink begins.
    if name == next(iter(CONFIGURATIONS)):
        first, all_ = statistics.mean(warming[:FIRST]), statistics.mean(warming)
        report.add(Figure(section, f"Flink: mean of the first {FIRST} builds", first, "ms"))
        report.add(Figure(section, f"Flink: mean of the first {ROUNDS:,} builds", all_, "ms"))
        report.add(Figure(section, "  that / flink-session", all_ / mine, "times", aim=4, at_least=True))
    report.add(Figure(section, f"Flink: median of {ROUNDS:,} builds after {ROUNDS:,} others", warm, "ms"))
    report.add(Figure(section, "  that / flink-session", warm / mine, "times", aim=4, at_least=True))


ROLE: dict[str, Any] = {
    "cpu": 1,
    "memory": "2Gi",
    "priority_class": "high",
    "topology_spread": ["topology.kubernetes.io/zone"],
    "node_selector": {"disk": "ssd"},
    "tolerations": [{"key": "dedicated", "operator": "Exists"}],
}
EVERYTHING: dict[str, Any] = {
    "state_storage": "s3://bucket/flink",
    "plugins": ["gs-fs-hadoop"],
    "service_account_annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/flink"},
    "secrets": {"PASSWORD": "correct horse battery staple", "key.pem": {"value": "another long one", "file": True}},
    "metrics": {"pod_monitor": True},
    "high_availability": {"replicas": 2},
    "ha_data": "delete",
    "logging": {"levels": {"org.apache.flink.runtime": "DEBUG"}},
    "job_manager": ROLE,
    "task_manager": {**ROLE, "slots": 2, "min_slots": 2, "max_slots": 8, "idle_timeout": "90s"},
}


@pytest.mark.parametrize(("name", "args", "aim"), [("a cluster id", {}, 1), ("every argument", EVERYTHING, 2)])
def test_arguments(name: str, args: dict[str, Any], aim: float, benchmark: Any, report: Report) -> None:
    """From the component's arguments to objects with all that we add; what is checked on the way is not counted."""
    numbers = itertools.count()

    def build() -> list[dict[str, Any]]:
        settings = FlinkSessionClusterSettings.model_validate({**args, "cluster_id": f"session-{next(numbers)}"})
        prepared = prepare(settings.session_cluster_options(lambda path: b"")[0], FindingCollector())
        factory, configuration, version = KubernetesClusterClientFactory(), prepared.configuration, prepared.version
        descriptor = factory.create_cluster_descriptor(configuration, version, prepared.files)
        deployment = descriptor.deploy_session_cluster(factory.get_cluster_specification(configuration, version))
        return list(prepared.extensions.extend(deployment.specification, deployment.parameters).objects)

    benchmark.pedantic(build, rounds=ROUNDS, warmup_rounds=FIRST)
    median = benchmark.stats.stats.median * 1000
    report.add(Figure(f"One specification from {name}", f"median of {ROUNDS:,} builds", median, "ms", aim=aim))
