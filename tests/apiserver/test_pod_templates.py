"""What the API server says of the pods that Flink makes of a template, and what we say of the template: the same.

``FLINK_SESSION_TEST_TEMPLATES`` is how many templates are tried, ``FLINK_SESSION_TEST_SEED`` which ones.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from flink_session.configuration import Configuration, Finding, FlinkVersion
from flink_session.deployment.client_run import effective_configuration, run_client
from flink_session.kubernetes import KubernetesJobManagerParameters
from flink_session.kubernetes.checks.flinks_pod import flinks_pods, merged_pod
from flink_session.kubernetes.checks.pod_template import pod_template_reports
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.pod_template import load_pod_template
from flink_session.memory import ClusterSpecification
from tests.support.kube import Kube
from tests.support.pod_changes import REFUSED_CHANGES, TAKEN_CHANGES, changed
from tests.support.pod_mutations import PodTemplates
from tests.unit.core.test_pod_validation import NATIVE, REFUSED, REFUSED_OF_TASK_MANAGERS, TAKEN

pytestmark = pytest.mark.apiserver

NUMBER, SEED = (
    int(os.environ.get(f"FLINK_SESSION_TEST_{name}", default))
    for name, default in (("TEMPLATES", "800"), ("SEED", "1"))
)
VERSION = FlinkVersion.parse("2.3")
OPTIONS = {
    "kubernetes.cluster-id": "demo",
    "jobmanager.memory.process.size": "1600m",
    "taskmanager.memory.process.size": "1728m",
    "kubernetes.pod-template-file.default": "/t",
}
OPTION_SETS: tuple[dict[str, str], ...] = (
    {},
    {"kubernetes.hostnetwork.enabled": "true"},
    {
        "kubernetes.secrets": "s:/s",
        "kubernetes.hadoop.conf.config-map.name": "hadoop",
        "kubernetes.container.image": "mine:1",
        "kubernetes.jobmanager.labels": "team:a",
        "kubernetes.taskmanager.labels": "team:b",
    },
)
PAGE = Path(__file__).parents[2] / "docs" / "pod-templates.md"
DOCUMENTED = list(map(yaml.safe_load, re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)))
FLINKS_OWN = "must be the only flink-main-container"
"""What we refuse though the API server takes it, since Flink drops something of the template."""
CLUSTERS_OWN = re.compile("no PriorityClass with name|from the given PriorityClass name")
"""What the API server says where a PriorityClass is missing, or another than is thought."""


@dataclass(frozen=True)
class Verdict:
    """What both say of the pod of one role."""

    role: str
    ours: list[Finding]
    servers: list[str]


def verdicts(template: dict[str, Any], kube: Kube, namespace: str, **options: str) -> Iterator[Verdict]:
    text = json.dumps(template)
    files = ClientFiles(by_path={"/t": text.encode()})
    configuration = effective_configuration(Configuration({**OPTIONS, **options}), {})
    run = run_client(configuration, VERSION, files)
    parameters = KubernetesJobManagerParameters(configuration, VERSION, files, ClusterSpecification(1600, 1728, 1))
    reports = {report.role: report for report in pod_template_reports(parameters)}
    if not run.objects:
        return
    read = load_pod_template(text, VERSION)
    for flinks in flinks_pods(parameters):
        errors = [item for item in reports[flinks.role].findings if item.severity == "error"]
        ours = [item for item in errors if not item.rule.startswith(FLINKS_OWN)]
        pods = [{"apiVersion": "v1", "kind": "Pod", **merged_pod(read, flinks)}]
        if flinks.role == "jobmanager":
            made = run.objects[0]["spec"]["template"]
            metadata = {
                name: value
                for name, value in made["metadata"].items()
                if name in ("labels", "annotations", "finalizers")
            }
            pods = [
                run.objects[0],
                {**pods[0], "metadata": {**metadata, "generateName": "demo-"}, "spec": made["spec"]},
            ]
        servers = []
        for pod in pods:
            answer = kube.dry_run(namespace, pod, strict=False)
            if answer.status_code >= 400:
                servers.append(f"{answer.status_code} {answer.json()['message']}")
        if not (read.pod["spec"].get("priorityClassName") and any(map(CLUSTERS_OWN.search, servers))):
            yield Verdict(flinks.role, ours, servers)


def test_each_template_has_the_api_servers_verdict(kube: Kube, namespace: str) -> None:
    templates, differing, refused = PodTemplates(SEED), [], 0
    for number in range(NUMBER):
        template, spoilt = templates.draw()
        for verdict in verdicts(template, kube, namespace, **OPTION_SETS[number % len(OPTION_SETS)]):
            refused += bool(verdict.servers)
            astray = [error for error in verdict.ours if not is_in(template, error.key.partition(", ")[2])]
            if astray or bool(verdict.ours) != bool(verdict.servers):
                said = "\n".join(str(text)[:400] for text in (*spoilt, *verdict.ours, *verdict.servers))
                differing.append(f"{number}, {verdict.role}:\n{said}\n")
    assert not differing, f"{len(differing)} of {NUMBER}\n" + "\n".join(differing[:40])
    assert NUMBER / 4 < refused < 2 * NUMBER - NUMBER / 4


def is_in(template: dict[str, Any], path: str) -> bool:
    """Tell whether each item of a list that a path leads through is in the template."""
    item: Any = template
    for field, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        if index and not (isinstance(item, list) and int(index) < len(item)):
            return False
        item = item[int(index)] if index else item.get(field) if isinstance(item, dict) else None
    return True


@pytest.mark.parametrize(("template", "error"), REFUSED)
def test_it_refuses_what_we_refuse(template: dict[str, Any], error: str, kube: Kube, namespace: str) -> None:
    found = list(verdicts(template, kube, namespace))
    assert [verdict.role for verdict in found] == ["jobmanager", "taskmanager"]
    assert all(verdict.ours for verdict in found), error
    # Kubernetes 1.34 drops such a policy, which those before it refuse, and those after it again.
    assert all(verdict.servers for verdict in found) or "restartPolicy is 'always'" in error


@pytest.mark.parametrize(("template", "error"), REFUSED_OF_TASK_MANAGERS)
def test_it_refuses_such_task_managers(template: dict[str, Any], error: str, kube: Kube, namespace: str) -> None:
    _, found = verdicts(template, kube, namespace)
    assert found.ours, error
    assert found.servers or "resourceVersion" in error


def test_a_dry_run_does_not_tell_of_a_resource_version(kube: Kube, namespace: str) -> None:
    metadata = {"name": "demo-taskmanager-1-1", "resourceVersion": "4711"}
    pod = {"metadata": metadata, "spec": {"containers": [{"name": "a", "image": "b"}]}}
    answer = kube.http.post(f"/api/v1/namespaces/{namespace}/pods", json=pod)
    assert "resourceVersion should not be set on objects to be created" in answer.text


@pytest.mark.parametrize("template", [*(template for template, _ in TAKEN), NATIVE, *DOCUMENTED])
def test_it_takes_what_we_take(template: dict[str, Any], kube: Kube, namespace: str) -> None:
    options = {"kubernetes.secrets": "keystore:/etc/keystore", "kubernetes.hadoop.conf.config-map.name": "hadoop"}
    for verdict in verdicts(template, kube, namespace, **options):
        assert (verdict.ours, verdict.servers) == ([], [])


def test_it_refuses_each_single_fault(kube: Kube, namespace: str) -> None:
    taken = [
        (path, str(value)[:80], verdict.role)
        for path, values in REFUSED_CHANGES
        for value in values
        for verdict in verdicts(changed(path, value), kube, namespace)
        if not (verdict.servers and verdict.ours)
    ]
    # It takes this pod; but Flink drops a container.
    assert taken == [(path, value, role) for path, value, role in taken if value == "flink-main-container"]


def test_it_takes_what_is_only_unusual(kube: Kube, namespace: str) -> None:
    refused = [
        (path, str(value)[:80], verdict.role, verdict.servers, verdict.ours)
        for path, values in TAKEN_CHANGES
        for value in values
        for verdict in verdicts(changed(path, value), kube, namespace)
        if verdict.servers or verdict.ours
    ]
    assert refused == []
