"""Every object of the golden files at a real API server: what it takes, and that we find beforehand what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest

from tests.conformance import ours
from tests.conformance.cases import Built
from tests.conformance.test_golden import GOLDEN, SCENARIOS, recorded_answer
from tests.support.kube import Kube

pytestmark = pytest.mark.apiserver

Ask = Callable[[Iterable[dict[str, Any]]], list[str]]

_JOB_MANAGER_TEMPLATE = "kubernetes.pod-template-file.jobmanager"
_SECRET_KEY_REF = "kubernetes.env.secretKeyRef"
_OWNERS = "kubernetes.jobmanager.owner.reference"


def _broken_template(key: str) -> dict[str, str]:
    """Return what is wrong with the template that most scenarios have."""
    return {
        "spec.restartPolicy: Unsupported value": f"{key}, spec.restartPolicy",
        'volumes[3].name: Duplicate value: "flink-config-volume"': f"{key}, spec.volumes[1].name",
        'ports[2].name: Duplicate value: "rest"': f"{key}, spec.containers[1].ports[0].name",
        "spec.dnsConfig: Required value": f"{key}, spec.dnsPolicy",
    }


REFUSED: dict[str, dict[str, str]] = {
    "cluster-id-that-kubernetes-refuses": {"metadata.name: Invalid value": "kubernetes.cluster-id"},
    "cpu-not-finite": {"quantities must match the regular expression": "kubernetes.jobmanager.cpu.amount"},
    "env-from-secrets-incomplete": {
        "env[1].valueFrom.secretKeyRef.key: Required value": _SECRET_KEY_REF,
        "env[2].name: Required value": f"{_SECRET_KEY_REF}, Env",
        "env[2].valueFrom.secretKeyRef.name: Invalid value": f"{_SECRET_KEY_REF}, Secret",
        "env[2].valueFrom.secretKeyRef.key: Required value": f"{_SECRET_KEY_REF}, Key",
    },
    "metadata": {'nodeSelector: Invalid value: "ssd:fast"': "kubernetes.jobmanager.node-selector, disk"},
    "owner-reference-boolean": {"metadata.ownerReferences": _OWNERS},
    "owner-references": {"metadata.ownerReferences": _OWNERS},
    "restport0": {"ports[0].containerPort: Required": "rest.port", "spec.ports[0].port: Invalid": "rest.port"},
    "restport0-with-bind-port": {
        "ports[0].containerPort: Required": "rest.port",
        "spec.ports[0].port: Invalid": "rest.port",
    },
    "rpcport0": {
        "ports[1].containerPort: Required": "jobmanager.rpc.port",
        "spec.ports[0].port: Invalid": "jobmanager.rpc.port",
        "spec.ports[0].targetPort: Invalid": "jobmanager.rpc.port",
    },
    "secrets": {
        "volumes[1].name: Invalid value": "kubernetes.secrets",
        "volumeMounts[1].name: Not found": "kubernetes.secrets",
    },
    "template": _broken_template("kubernetes.pod-template-file.default"),
    "template-former-key": _broken_template("kubernetes.pod-template-file"),
    "template-of-each": _broken_template(_JOB_MANAGER_TEMPLATE),
    "template-of-jobmanager": _broken_template(_JOB_MANAGER_TEMPLATE),
    "template-over": {
        "spec.restartPolicy: Unsupported value": "kubernetes.pod-template-file.default, spec.restartPolicy",
        'Duplicate value: "flink-config-volume"': ("kubernetes.pod-template-file.default, spec.volumes[1].name"),
    },
    "tolerations": {"tolerations[2].operator: Invalid value": "kubernetes.jobmanager.tolerations, nonsense"},
    "tolerations-yaml": {
        "tolerations[0].effect: Invalid value": "kubernetes.jobmanager.tolerations, tolerationSeconds"
    },
}
"""What the server refuses, by scenario: a part of each of its complaints, and the option that our error names."""

DROPPED: dict[str, dict[str, str]] = {
    "template-a-deployment": {"unknown field": f"{_JOB_MANAGER_TEMPLATE}, kind"},
    "template-unknown-fields": {"unknown field": f"{_JOB_MANAGER_TEMPLATE}, spec.noSuchField"},
}
"""What it refuses only from us, who are strict about fields; from Flink's client it takes the rest, and drops these."""


@pytest.fixture(scope="module")
def ask(kube: Kube, namespace: str) -> Ask:
    """Return the server's complaints about objects; each is sent once, however many scenarios have it."""
    answers: dict[str, list[str]] = {}

    def answer(item: dict[str, Any]) -> list[str]:
        text = json.dumps(item, sort_keys=True)
        if text not in answers:
            answers[text] = complaints(kube.dry_run(namespace, item).json())
        return answers[text]

    return lambda objects: [complaint for item in objects for complaint in answer(item)]


def complaints(response: dict[str, Any]) -> list[str]:
    """Take the answer to a request apart; of an object there is nothing to be said."""
    if response["kind"] != "Status":
        return []
    causes = response.get("details", {}).get("causes", ())
    return [f"{cause['field']}: {cause['message']}" for cause in causes] or [response["message"]]


def built_by_flink() -> Iterator[tuple[str, str]]:
    """Yield scenarios and versions where Flink builds something that holds what was configured."""
    for name in SCENARIOS:
        for answer in json.loads((GOLDEN / "scenarios" / f"{name}.json").read_text("utf-8"))["answers"]:
            if answer.get("configuration") is not None and not answer.get("lost"):
                yield from ((name, version) for version in answer["flink"])


@pytest.mark.parametrize(("name", "version"), list(built_by_flink()))
def test_objects_are_taken_or_we_have_an_objection(name: str, version: str, ask: Ask) -> None:
    case, recorded = recorded_answer(name, version)
    assert isinstance(recorded, Built)
    expected = {**REFUSED.get(name, {}), **DROPPED.get(name, {})}
    assert_explained(ask(recorded.objects), expected)
    built = ours.build(case, version)
    assert isinstance(built, Built), str(built)
    assert_explained(ask(built.objects), expected)
    findings = ours.findings(case, version)
    errors = {finding.key for finding in findings if finding.severity == "error" or name in DROPPED}
    assert set(expected.values()) <= errors


def assert_explained(complaints: list[str], expected: Mapping[str, str]) -> None:
    """Check that the server complains of this, and of nothing else."""
    unexpected = [text for text in complaints if not any(part in text for part in expected)]
    missing = [part for part in expected if not any(part in text for text in complaints)]
    assert not unexpected
    assert not missing, complaints


@pytest.mark.parametrize("name", DROPPED)
def test_unknown_fields_are_dropped_where_nobody_is_strict(name: str, kube: Kube, namespace: str) -> None:
    _, recorded = recorded_answer(name, "2.2.1")
    assert isinstance(recorded, Built)
    for item in recorded.objects:
        assert complaints(kube.dry_run(namespace, item, strict=False).json()) == []


def test_requests_of_recorded_clients_are_taken(ask: Ask) -> None:
    recordings = [json.loads(path.read_text("utf-8")) for path in sorted((GOLDEN / "client").glob("*.json"))]
    refused = {
        recording["scenario"]
        for recording in recordings
        if ask(request["body"] for request in recording["requests"] if request["method"] == "POST")
    }
    # As above: a cluster id, a port, and the template.
    assert refused == {"err-upper", "restport0", "template"}
