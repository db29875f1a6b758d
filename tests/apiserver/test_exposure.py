"""What the API server says of the objects by which a session is reached, or is not: it takes each, and its fields."""

from __future__ import annotations

from typing import Any

import pytest

from flink_session.deployment.planning import plan
from tests.support.kube import Kube

pytestmark = pytest.mark.apiserver

EXPOSE: dict[str, Any] = {
    "type": "Ingress",
    "host": "flink.example.org",
    "ingress_class": "nginx",
    "certificate": "host-tls",
    "auth_proxy": True,
}


def no_file(path: str) -> bytes:
    raise FileNotFoundError(path)


def test_network_policies_are_taken(kube: Kube, namespace: str) -> None:
    peers = [{"podSelector": {"matchLabels": {"app": "proxy"}}}, {"ipBlock": {"cidr": "192.0.2.0/24"}}]
    args = {
        "cluster_id": "demo",
        "namespace": namespace,
        "metrics": {},
        "network_policy": {"clients": peers, "scrapers": peers, "destinations": peers, "api_server": ["192.0.2.1/32"]},
        "configuration": {"high-availability.jobmanager.port": 50010},
        "high_availability": {"storage_dir": "hdfs:///ha", "replicas": 2},
        "image": "own:1",
    }
    policies = [item for item in plan(args, no_file)[1].objects() if item["kind"] == "NetworkPolicy"]
    assert len(policies) == 2
    for policy in policies:
        url = f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies"
        answer = kube.http.post(url, json=policy, params={"dryRun": "All", "fieldValidation": "Strict"})
        assert answer.is_success, answer.text


@pytest.mark.parametrize("path", ["/", "/flink/analytics"])
def test_ingresses_are_taken(path: str, kube: Kube, namespace: str) -> None:
    args = {"cluster_id": "demo", "namespace": namespace, "expose": {**EXPOSE, "path": path}}
    ingresses = [item for item in plan(args, no_file)[1].objects() if item["kind"] == "Ingress"]
    assert len(ingresses) == (1 if path == "/" else 2)
    for ingress in ingresses:
        url = f"/apis/networking.k8s.io/v1/namespaces/{namespace}/ingresses"
        answer = kube.http.post(url, json=ingress, params={"dryRun": "All", "fieldValidation": "Strict"})
        assert answer.is_success, answer.text
