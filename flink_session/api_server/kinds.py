"""A kind of Kubernetes object, and where the API server keeps its objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Manifest = dict[str, Any]
"""A Kubernetes object, as JSON."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of Kubernetes object, as the API server knows it. `plural` is empty as long as it has to be asked for."""

    api_version: str
    kind: str
    plural: str = ""
    namespaced: bool = True

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def root(self) -> str:
        """The API server's path of the group and version."""
        return f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"

    def path(self, namespace: str, name: str | None = None) -> str:
        """Give the API server's path of an object, or of the collection."""
        scope = f"/namespaces/{namespace}" if self.namespaced else ""
        return f"{self.root}{scope}/{self.plural}" + (f"/{name}" if name is not None else "")

    def identity(self, namespace: str, name: str) -> str:
        """Give the resource's id in the state: `namespace/name`, or `name` without a namespace."""
        return f"{namespace}/{name}" if self.namespaced else name


REPLICA_SET = Kind("apps/v1", "ReplicaSet", "replicasets")
POD = Kind("v1", "Pod", "pods")
EVENT = Kind("v1", "Event", "events")
ENDPOINTS = Kind("v1", "Endpoints", "endpoints")
ENDPOINT_SLICE = Kind("discovery.k8s.io/v1", "EndpointSlice", "endpointslices")
STORAGE_CLASS = Kind("storage.k8s.io/v1", "StorageClass", "storageclasses", namespaced=False)
