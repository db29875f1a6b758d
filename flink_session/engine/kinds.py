"""The Kubernetes kinds that the engine handles: one table, and the only place that knows them by name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from .errors import UnsupportedError
from .paths import Path, parse_path
from .values import plain


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of Kubernetes object.

    Attributes:
        token: Pulumi's type token.
        api_version, kind, plural, namespaced: how the API server knows it.
        force_new: paths whose change needs a new object; `metadata.name` and `metadata.namespace` do for every kind.
        ready: the rule that says when an object is ready; None if it is as soon as it is written.
    """

    token: str
    api_version: str
    kind: str
    plural: str
    namespaced: bool = True
    force_new: tuple[Path, ...] = ()
    ready: Literal["deployment", "service"] | None = None

    def path(self, namespace: str, name: str | None = None) -> str:
        """Give the API server's path of an object, or of the collection."""
        root = f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"
        scope = f"/namespaces/{namespace}" if self.namespaced else ""
        return f"{root}{scope}/{self.plural}" + (f"/{name}" if name is not None else "")

    def describe(self, manifest: dict[str, Any]) -> str:
        """Name an object of this kind for people."""
        metadata = plain(manifest["metadata"])
        return f"{self.kind} {self.identity(metadata.get('namespace') or '', metadata['name'])}"

    def identity(self, namespace: str, name: str) -> str:
        """Give the resource's id in the state: `namespace/name`, or `name` without a namespace."""
        return f"{namespace}/{name}" if self.namespaced else name


_ALWAYS_NEW: tuple[Path, ...] = (("metadata", "name"), ("metadata", "namespace"))
_RBAC = "rbac.authorization.k8s.io/v1"

KINDS = {
    kind.token: kind
    for kind in (
        Kind("kubernetes:core/v1:Namespace", "v1", "Namespace", "namespaces", namespaced=False),
        Kind("kubernetes:core/v1:ConfigMap", "v1", "ConfigMap", "configmaps", force_new=(("data",), ("binaryData",))),
        Kind("kubernetes:core/v1:Secret", "v1", "Secret", "secrets", force_new=(("data",), ("type",))),
        Kind("kubernetes:core/v1:ServiceAccount", "v1", "ServiceAccount", "serviceaccounts"),
        Kind(
            "kubernetes:core/v1:Service",
            "v1",
            "Service",
            "services",
            force_new=(("spec", "clusterIP"),),
            ready="service",
        ),
        Kind(
            "kubernetes:apps/v1:Deployment",
            "apps/v1",
            "Deployment",
            "deployments",
            force_new=(("spec", "selector"),),
            ready="deployment",
        ),
        Kind(f"kubernetes:{_RBAC}:Role", _RBAC, "Role", "roles"),
        Kind(f"kubernetes:{_RBAC}:RoleBinding", _RBAC, "RoleBinding", "rolebindings", force_new=(("roleRef",),)),
    )
}
REPLICA_SET = Kind("kubernetes:apps/v1:ReplicaSet", "apps/v1", "ReplicaSet", "replicasets")
POD = Kind("kubernetes:core/v1:Pod", "v1", "Pod", "pods")
EVENT = Kind("kubernetes:core/v1:Event", "v1", "Event", "events")
ENDPOINTS = Kind("kubernetes:core/v1:Endpoints", "v1", "Endpoints", "endpoints")
ENDPOINT_SLICE = Kind(
    "kubernetes:discovery.k8s.io/v1:EndpointSlice", "discovery.k8s.io/v1", "EndpointSlice", "endpointslices"
)

_MUTABLE_SWITCHES = {
    "ConfigMap": "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    "Secret": "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
}


def find_kind(token: str) -> Kind:
    """Give the kind of a type token. Raises UnsupportedError for any that is not in the table."""
    try:
        return KINDS[token]
    except KeyError:
        raise UnsupportedError(f"the resource type {token}") from None


def force_new_paths(
    kind: Kind, inputs: Mapping[str, object], replace_on_changes: Iterable[str] = ()
) -> tuple[Path, ...]:
    """Give the paths whose change replaces an object that has these inputs, those of `replaceOnChanges` included.

    ConfigMaps and Secrets keep their object when the provider's own switches (PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE,
    PULUMI_K8S_ENABLE_SECRET_MUTABLE) are on, unless the object says `immutable: true`.
    """
    switch = _MUTABLE_SWITCHES.get(kind.kind)
    if switch and os.environ.get(switch, "").lower() in ("1", "true") and inputs.get("immutable") is not True:
        paths: tuple[Path, ...] = tuple(path for path in kind.force_new if path == ("type",))
    else:
        paths = kind.force_new
    return _ALWAYS_NEW + paths + tuple(tuple(parse_path(text)) for text in replace_on_changes)
