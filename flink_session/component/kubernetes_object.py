"""Registers a manifest as the Pulumi resource of its kind, without importing that kind's generated classes.

``pulumi_kubernetes.core.v1`` takes about a second to import, all of it for type translation that manifests in API form
do not need. A resource with the same type token, inputs and version is the same resource to the engine: the same URN,
the same provider, the same state.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

import pulumi


def type_token(api_version: str, kind: str) -> str:
    """The Pulumi type of a Kubernetes kind: ``v1``/``Service`` is ``kubernetes:core/v1:Service``."""
    group, _, api = api_version.rpartition("/")
    return f"kubernetes:{group or 'core'}/{api}:{kind}"


Fields = Callable[[str], "pulumi.Input[Any]"]
"""The top-level fields of a Kubernetes object, each by its name: one may be known and another not."""


@cache
def _provider_version() -> str:
    return version("pulumi-kubernetes")


class KubernetesObject(pulumi.CustomResource):
    """A Kubernetes object each of whose top-level fields is plain, or an Output.

    Args:
        name: Pulumi name of the resource.
        api_version: API group and version, such as ``apps/v1``.
        kind: Kind, such as ``Deployment``.
        manifest: Gives the object's top-level fields by their names; they become the resource's inputs.
        fields: Those that it has beside ``apiVersion``, ``kind`` and ``metadata``.
        opts: Options of the resource.
        data: The data of a Secret, where the manifest has none; it may be an Output.
    """

    def __init__(
        self,
        name: str,
        api_version: str,
        kind: str,
        manifest: Fields,
        fields: tuple[str, ...],
        opts: pulumi.ResourceOptions,
        data: "pulumi.Input[Mapping[str, str]] | None" = None,
    ) -> None:
        props: dict[str, Any] = {"apiVersion": api_version, "kind": kind}
        for field in ("metadata", *fields):
            props[field] = manifest(field)
        if data is not None:
            props["data"] = data
        if kind == "Secret":
            props["data"] = pulumi.Output.secret(props["data"])
        # Asking for the status makes it an output of the resource; it is never an input.
        props.setdefault("status", None)
        super().__init__(
            type_token(api_version, kind),
            name,
            props,
            pulumi.ResourceOptions.merge(pulumi.ResourceOptions(version=_provider_version()), opts),
        )


class LiveObject(pulumi.CustomResource):
    """A Kubernetes object that is only read.

    Args:
        name: Pulumi name of the resource.
        api_version: API group and version, such as ``apps/v1``.
        kind: Kind, such as ``Deployment``.
        namespace: Where it is.
        object_name: Its name.
        opts: Options of the resource.
    """

    def __init__(
        self, name: str, api_version: str, kind: str, namespace: str, object_name: str, opts: pulumi.ResourceOptions
    ) -> None:
        # Asking for them makes them outputs of the resource.
        props = dict.fromkeys(("metadata", "spec", "data"))
        id_ = pulumi.ResourceOptions(id=f"{namespace}/{object_name}", version=_provider_version())
        super().__init__(type_token(api_version, kind), name, props, pulumi.ResourceOptions.merge(id_, opts))
