"""Volumes: what a projected one puts where, and the claims that a pod brings along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flink_session.kubernetes.checks.api_rules import DNS_SUBDOMAIN
from flink_session.kubernetes.checks.pod_validation.fault import Fault, Key, Path, listed
from flink_session.kubernetes.checks.pod_validation.object_rule import (
    ObjectRule,
    check_annotations,
    check_labels,
    repeated,
)
from flink_session.kubernetes.checks.quantities import parse_quantity
from flink_session.kubernetes.manifests import Manifest

_ACCESS_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_ALONE = "ReadWriteOncePod"
_CLAIM = "PersistentVolumeClaim"


def _projected(volume: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    def files() -> Iterator[tuple[Path, object]]:
        for index, source in enumerate(volume.get("sources", [])):
            for name in ("secret", "configMap", "downwardAPI"):
                for place, item in enumerate(source.get(name, {}).get("items", [])):
                    yield (*path, "sources", index, name, "items", place, "path"), item.get("path")

    yield from repeated(files())


def _csi(volume: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    if "nodePublishSecretRef" in volume:
        name = volume["nodePublishSecretRef"].get("name") or ""
        if DNS_SUBDOMAIN.broken_by(name):
            yield Fault((*path, "nodePublishSecretRef", "name"), DNS_SUBDOMAIN.rule, "name an existing Secret", name)


def _azure_disk(volume: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    kind, uri = volume.get("kind", "Shared"), volume.get("diskURI", "")
    start = {"Managed": "/subscriptions/", "Dedicated": "https://", "Shared": "https://"}.get(kind, "")
    if uri and not uri.startswith(start):
        yield Fault((*path, "diskURI"), f"must start with {start}, since the disk is {kind}", value=uri)


def _flex(volume: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    for name in volume.get("options", {}):
        domain = "." + name.split("/")[0].lower()
        if domain.endswith((".kubernetes.io", ".k8s.io")):
            yield Fault((*path, "options", Key(name)), "must not be a name of Kubernetes' own", "correct the name")


def _claim_template(template: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    metadata = template.get("metadata", {})
    yield from check_labels(metadata.get("labels", {}), (*path, "metadata", "labels"))
    yield from check_annotations(metadata.get("annotations", {}), (*path, "metadata", "annotations"))
    for name, value in metadata.items():
        if value and name not in ("labels", "annotations"):
            yield Fault((*path, "metadata", name), "must not be there: Kubernetes names the claim", "remove it")


def _claim(claim: Manifest, path: Path, _: Manifest) -> Iterator[Fault]:
    modes = claim.get("accessModes", [])
    for index, mode in enumerate(modes):
        if mode not in _ACCESS_MODES:
            yield Fault((*path, "accessModes", index), f"must be {listed(_ACCESS_MODES)}", "choose one of them", mode)
    if _ALONE in modes and set(modes) & {*_ACCESS_MODES} != {_ALONE}:
        yield Fault((*path, "accessModes"), f"must have no other beside {_ALONE}", "keep one of them")
    storage = claim.get("resources", {}).get("requests", {}).get("storage")
    place = (*path, "resources", "requests", "storage")
    if storage is None:
        yield Fault(place, "must be set", "set it")
    elif (amount := parse_quantity(storage)) is not None and amount <= 0:
        yield Fault(place, "must be greater than 0", value=storage)
    for name in ("dataSource", "dataSourceRef"):
        if name in claim:
            yield from _source(claim[name], (*path, name))


def _source(source: Manifest, path: Path) -> Iterator[Fault]:
    for name in ("kind", "name"):
        if not source.get(name):
            yield Fault((*path, name), "must be set", "set it")
    group = source.get("apiGroup") or ""
    if not group and source.get("kind") not in (None, "", _CLAIM):
        yield Fault((*path, "kind"), f"must be {_CLAIM}, since there is no apiGroup", "set apiGroup", source["kind"])
    if group and DNS_SUBDOMAIN.broken_by(group):
        yield Fault((*path, "apiGroup"), DNS_SUBDOMAIN.rule, value=group)


VOLUME_RULES: Mapping[str, ObjectRule] = {
    "AzureDiskVolumeSource": _azure_disk,
    "CSIVolumeSource": _csi,
    "FlexVolumeSource": _flex,
    "PersistentVolumeClaimSpec": _claim,
    "PersistentVolumeClaimTemplate": _claim_template,
    "ProjectedVolumeSource": _projected,
}
