"""The Kubernetes kinds: how a Pulumi type names one, what of it cannot be changed in place, and which ones to wait for.

Every kind that the API server knows can be used; its plural, and whether it lives in a namespace, are asked of the
server (`Cluster.resolve`). Known here are those that are used most, so that they need no question.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping

from flink_session.api_server.kinds import Kind, Manifest

from ..errors import UnsupportedError
from ..model.paths import Path, parse_path
from ..model.values import plain

_TOKEN = re.compile(r"kubernetes:(?:core/)?((?:[a-z0-9.-]+/)?v\d+(?:(?:alpha|beta)\d+)?):([A-Z]\w*)")
_NOT_OBJECTS = ("helm.sh/", "yaml/", "kustomize/")
"""Groups of the Pulumi provider that are components, or releases, and not kinds of an API server."""


_RBAC = "rbac.authorization.k8s.io/v1"
_KNOWN = {
    (kind.api_version, kind.kind): kind
    for kind in (
        Kind("v1", "Namespace", "namespaces", namespaced=False),
        Kind("v1", "ConfigMap", "configmaps"),
        Kind("v1", "Secret", "secrets"),
        Kind("v1", "ServiceAccount", "serviceaccounts"),
        Kind("v1", "Service", "services"),
        Kind("apps/v1", "Deployment", "deployments"),
        Kind(_RBAC, "Role", "roles"),
        Kind(_RBAC, "RoleBinding", "rolebindings"),
    )
}
_ALWAYS_NEW: tuple[Path, ...] = (("metadata", "name"), ("metadata", "namespace"))
_CONTAINER = (
    *("args", "command", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports", "readinessProbe"),
    *("resources", "securityContext", "stdin", "stdinOnce", "terminationMessagePath", "terminationMessagePolicy"),
    *("tty", "volumeDevices", "volumeMounts", "workingDir"),
)
_POD_SPEC = (
    *("affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "enableServiceLinks", "hostAliases"),
    *("hostIPC", "hostNetwork", "hostPID", "hostname", "imagePullSecrets", "nodeName", "nodeSelector", "overhead"),
    *("preemptionPolicy", "priority", "priorityClassName", "readinessGates", "restartPolicy", "runtimeClassName"),
    *("schedulerName", "securityContext", "serviceAccount", "serviceAccountName", "shareProcessNamespace"),
    *("subdomain", "terminationGracePeriodSeconds", "volumes"),
    *(f"{list_}[*].{key}" for list_ in ("containers", "initContainers") for key in _CONTAINER),
)
_VOLUMES = (
    *("awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker"),
    *("gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk", "portworxVolume"),
    *("quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"),
)
_FORCE_NEW_TEXTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "ConfigMap"): ("data", "binaryData"),
    ("", "Secret"): ("type", "data"),
    ("", "Service"): ("spec.clusterIP",),
    ("", "PersistentVolume"): tuple(f"spec.{key}" for key in _VOLUMES),
    ("", "PersistentVolumeClaim"): tuple(
        f"spec.{key}" for key in ("accessModes", "selector", "storageClassName", "volumeName")
    ),
    ("", "Pod"): tuple(f"spec.{key}" for key in _POD_SPEC),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "StatefulSet"): tuple(
        f"spec.{key}"
        for key in ("podManagementPolicy", "revisionHistoryLimit", "selector", "serviceName", "volumeClaimTemplates")
    ),
    ("batch", "Job"): ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
}
_FORCE_NEW = {name: tuple(map(parse_path, texts)) for name, texts in _FORCE_NEW_TEXTS.items()}
_CLUSTER_SCOPED = {
    *("APIService", "CertificateSigningRequest", "ClusterRole", "ClusterRoleBinding", "CSIDriver", "CSINode"),
    *("CustomResourceDefinition", "FlowSchema", "IngressClass", "MutatingWebhookConfiguration", "Namespace", "Node"),
    *("PersistentVolume", "PriorityClass", "PriorityLevelConfiguration", "RuntimeClass", "StorageClass"),
    *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration"),
    "VolumeAttachment",
}
"""Built-in kinds that live in no namespace, for when there is no API server to ask."""


API_NAMES = {
    f"x_kubernetes_{name}": f"x-kubernetes-{name.replace('_', '-')}"
    for name in (
        *("embedded_resource", "int_or_string", "list_map_keys", "list_type", "map_type"),
        *("preserve_unknown_fields", "validations"),
    )
}
"""Fields of schemas that a Pulumi program, and its outputs, have other names for than the API server."""


def find_kind(token: str) -> Kind:
    """Give the kind that a Pulumi type stands for. Raises UnsupportedError if it is none of an API server."""
    match = _TOKEN.fullmatch(token)
    if not match or match[1].startswith(_NOT_OBJECTS) or match[2].endswith(("Patch", "List")):
        raise UnsupportedError(f"the resource type {token}")
    return _KNOWN.get((match[1], match[2]), Kind(match[1], match[2], namespaced=match[2] not in _CLUSTER_SCOPED))


def described(kind: Kind, manifest: Manifest) -> str:
    """Name an object for people."""
    metadata = plain(manifest["metadata"])
    return f"{kind.kind} {kind.identity(metadata.get('namespace') or '', metadata['name'])}"


def is_object(token: str) -> bool:
    """Say whether a Pulumi type stands for a kind of an API server."""
    try:
        find_kind(token)
    except UnsupportedError:
        return False
    return True


def force_new_paths(
    kind: Kind,
    inputs: Mapping[str, object],
    replace_on_changes: Iterable[str] = (),
    mutable: Container[str] = (),
) -> tuple[Path, ...]:
    """Give the paths whose change replaces an object that has these inputs, those of `replaceOnChanges` included.

    The objects of `mutable` kinds, ConfigMaps or Secrets, keep their place, unless they say `immutable: true`.
    """
    paths = _FORCE_NEW.get((kind.group, kind.kind), ())
    if kind.group == "" and kind.kind in mutable and inputs.get("immutable") is not True:
        paths = tuple(path for path in paths if path == ("type",))
    return _ALWAYS_NEW + paths + tuple(map(parse_path, replace_on_changes))
