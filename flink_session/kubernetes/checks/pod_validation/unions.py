"""Objects of which one field says what they are: a volume, a handler, the source of a variable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from flink_session.kubernetes.checks.pod_validation.fault import Fault, Path, listed
from flink_session.kubernetes.manifests import Manifest
from flink_session.kubernetes.pod_model import pod_model


@dataclass(frozen=True, slots=True)
class _Union:
    """Fields of which an object has one; with ``optional`` it may have none, ``newer`` are of a later Kubernetes."""

    members: tuple[str, ...]
    optional: bool = False
    newer: tuple[str, ...] = ()


_COMMON_VOLUMES = ("emptyDir", "configMap", "secret", "persistentVolumeClaim", "hostPath", "projected", "csi")


@cache
def _unions() -> Mapping[str, _Union]:
    model = pod_model()
    volumes = sorted({*model["Volume"]} - {"name", *_COMMON_VOLUMES})
    return {
        "DownwardAPIVolumeFile": _Union(("fieldRef", "resourceFieldRef")),
        "EnvFromSource": _Union(("configMapRef", "secretRef")),
        "EnvVarSource": _Union(
            ("configMapKeyRef", "secretKeyRef", "fieldRef", "resourceFieldRef"), newer=("fileKeyRef",)
        ),
        "LifecycleHandler": _Union(("exec", "httpGet", "tcpSocket", "sleep")),
        "PodResourceClaim": _Union(("resourceClaimName", "resourceClaimTemplateName")),
        "Probe": _Union(("exec", "httpGet", "tcpSocket", "grpc")),
        "Volume": _Union((*_COMMON_VOLUMES, *volumes)),
        "VolumeProjection": _Union(tuple(model["VolumeProjection"]), optional=True),
    }


def check_union(type_name: str, item: Manifest, path: Path) -> Iterator[Fault]:
    """Find an object that is nothing, or several things at once."""
    union = _unions().get(type_name)
    if union is None:
        return
    present = [name for name in union.members if name in item]
    for name in present[1:]:
        yield Fault((*path, name), f"must not be there beside {present[0]}", "keep one of them")
    if present or union.optional or item.keys() & set(union.newer):
        return
    if type_name == "Volume":
        # An empty folder to the API server, and most often a slip.
        rule = f"does not say what it is, and so is an empty folder: {', '.join(_COMMON_VOLUMES)} or another"
        yield Fault(path, rule, "add one of them", refused=False)
    else:
        yield Fault(path, f"must say what it is: {listed(union.members)}", "add one of them")
