"""What an extension is: one thing that we add to the objects of Flink's client, switchable by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from flink_session.kubernetes.job_manager_parameters import KubernetesJobManagerParameters
from flink_session.kubernetes.job_manager_specification import KubernetesJobManagerSpecification
from flink_session.kubernetes.manifests import Manifest

Extension: TypeAlias = Callable[
    [KubernetesJobManagerSpecification, KubernetesJobManagerParameters], KubernetesJobManagerSpecification
]


def with_resource(
    specification: KubernetesJobManagerSpecification, changed: Manifest
) -> KubernetesJobManagerSpecification:
    """Return a copy where ``changed`` takes the place of the accompanying object of its kind and name."""
    identity = (changed["kind"], changed["metadata"]["name"])
    resources = tuple(
        changed if (item["kind"], item["metadata"]["name"]) == identity else item
        for item in specification.accompanying_resources
    )
    return replace(specification, accompanying_resources=resources)


def find_resource(specification: KubernetesJobManagerSpecification, kind: str, name: str) -> Manifest | None:
    """Return the accompanying object of this kind and name."""
    for item in specification.accompanying_resources:
        if item["kind"] == kind and item["metadata"]["name"] == name:
            return item
    return None


def main_container_index(deployment: Manifest) -> int:
    """Return where the main container stands: Flink puts it behind all others."""
    return len(deployment["spec"]["template"]["spec"]["containers"]) - 1
