"""The API server as tests see it: JSON objects by path, and the REST API of a session through the server's proxy."""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx2
from lightkube.config.client_adapter import Client, ConnectionParams
from lightkube.config.kubeconfig import KubeConfig

T = TypeVar("T")

KINDS = {
    "pods": "/api/v1",
    "services": "/api/v1",
    "configmaps": "/api/v1",
    "secrets": "/api/v1",
    "serviceaccounts": "/api/v1",
    "deployments": "/apis/apps/v1",
    "replicasets": "/apis/apps/v1",
    "roles": "/apis/rbac.authorization.k8s.io/v1",
    "rolebindings": "/apis/rbac.authorization.k8s.io/v1",
}

# What every namespace gets from Kubernetes itself.
_OF_THE_NAMESPACE = {"configmaps/kube-root-ca.crt", "serviceaccounts/default"}


def named_kubeconfig() -> str | None:
    """The kubeconfig of the cluster to test on, which ``make test`` names."""
    return os.environ.get("FLINK_SESSION_TEST_KUBECONFIG")


def session_jar() -> str:
    """The small job that ``make test`` has compiled."""
    return os.environ["FLINK_SESSION_TEST_JAR"]


def eventually(check: Callable[[], T | None], *, seconds: float = 60, what: str) -> T:
    """The first true result of ``check``, asked again and again."""
    deadline = time.monotonic() + seconds
    while True:
        if found := check():
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        time.sleep(0.3)


class Kube:
    """A cluster reached by ``kubeconfig``."""

    def __init__(self, kubeconfig: str) -> None:
        config = KubeConfig.from_file(kubeconfig).get()
        assert config
        self.context = config.context_name
        self.http: httpx2.Client = Client(config, ConnectionParams(timeout=httpx2.Timeout(30)))

    def get(self, namespace: str, kind: str, name: str) -> dict[str, Any] | None:
        """One object, or None."""
        response = self.http.get(f"{KINDS[kind]}/namespaces/{namespace}/{kind}/{name}")
        if response.status_code == 404:
            return None
        return dict(response.raise_for_status().json())

    def list(self, namespace: str, kind: str, labels: str = "") -> list[dict[str, Any]]:
        """The objects of a kind whose labels match."""
        response = self.http.get(f"{KINDS[kind]}/namespaces/{namespace}/{kind}", params={"labelSelector": labels})
        return list(response.raise_for_status().json()["items"])

    def create(self, namespace: str, kind: str, manifest: dict[str, Any]) -> None:
        """Create an object by somebody else's hand."""
        url = f"{KINDS[kind]}/namespaces/{namespace}/{kind}"
        self.http.post(url, json=manifest, params={"fieldManager": "somebody-else"}).raise_for_status()

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create what lies under a path, and give it as it is then."""
        response = self.http.post(path, json=body)
        assert response.is_success, response.text
        return dict(response.json())

    def label_namespace(self, namespace: str, labels: dict[str, str | None]) -> None:
        """Set labels of a namespace, or with None remove them."""
        patch = {"metadata": {"labels": labels}}
        headers = {"Content-Type": "application/merge-patch+json"}
        response = self.http.patch(f"/api/v1/namespaces/{namespace}", json=patch, headers=headers)
        assert response.is_success, response.text

    def dry_run(self, namespace: str, manifest: dict[str, Any], *, strict: bool = True) -> httpx2.Response:
        """What creating an object would come to, everything added that the server adds; a field too much is refused."""
        kind = f"{manifest['kind'].lower()}s"
        params = {"dryRun": "All", "fieldValidation": "Strict" if strict else "Ignore"}
        return self.http.post(f"{KINDS[kind]}/namespaces/{namespace}/{kind}", json=manifest, params=params)

    def delete(self, namespace: str, kind: str, name: str) -> None:
        """Delete an object."""
        self.http.delete(f"{KINDS[kind]}/namespaces/{namespace}/{kind}/{name}").raise_for_status()

    def names(self, namespace: str) -> set[str]:
        """Everything in a namespace as ``kind/name``, without what Kubernetes itself puts there."""
        found = {f"{kind}/{item['metadata']['name']}" for kind in KINDS for item in self.list(namespace, kind)}
        return found - _OF_THE_NAMESPACE

    def rest(self, namespace: str, cluster_id: str, path: str, method: str = "GET", **request: Any) -> Any:
        """Ask the REST API of a session, through the API server."""
        url = f"/api/v1/namespaces/{namespace}/services/{cluster_id}-rest:rest/proxy{path}"
        return self.http.request(method, url, **request).raise_for_status().json()

    @contextmanager
    def namespace(self, prefix: str) -> Iterator[str]:
        """A new namespace, which is gone with all that is in it afterwards."""
        name = f"{prefix}-{uuid.uuid4().hex[:8]}"
        self.http.post("/api/v1/namespaces", json={"metadata": {"name": name}}).raise_for_status()
        # Pods are refused until the default account is there.
        eventually(lambda: self.get(name, "serviceaccounts", "default"), what=f"the default account of {name}")
        try:
            yield name
        finally:
            gone = self.http.delete(f"/api/v1/namespaces/{name}")
            assert gone.is_success or gone.status_code in (404, 409), gone.text  # a test may have deleted it itself
