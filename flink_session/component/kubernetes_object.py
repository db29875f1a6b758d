"""Registers a manifest as the Pulumi resource of its kind, without importing that kind's generated classes.

``pulumi_kubernetes.core.v1`` takes about a second to import, all of it for type translation that manifests in API form
do not need. A resource with the same type token, inputs and version is the same resource to the engine: the same URN,
the same provider, the same state.
"""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

import pulumi

Manifest = Mapping[str, Any]
"""A Kubernetes object as the API server reads it."""


def type_token(api_version: str, kind: str) -> str:
    """The Pulumi type of a Kubernetes kind: ``v1``/``Service`` is ``kubernetes:core/v1:Service``."""
    group, _, api = api_version.rpartition("/")
    return f"kubernetes:{group or 'core'}/{api}:{kind}"


@cache
def _provider_version() -> str:
    return version("pulumi-kubernetes")


class KubernetesObject(pulumi.CustomResource):
    """A Kubernetes object whose manifest is plain, or an Output of one.

    Args:
        name: Pulumi name of the resource.
        api_version: API group and version, such as ``apps/v1``.
        kind: Kind, such as ``Deployment``.
        manifest: The object; its top-level fields become the resource's inputs.
        fields: The manifest's top-level fields beside ``apiVersion``, ``kind`` and ``metadata``, known before an Output
            of it resolves.
        opts: Options of the resource.
        data: The data of a Secret, where the manifest has none; it may be an Output.
    """

    def __init__(
        self,
        name: str,
        api_version: str,
        kind: str,
        manifest: "pulumi.Input[Manifest]",
        fields: tuple[str, ...],
        opts: pulumi.ResourceOptions,
        data: "pulumi.Input[Mapping[str, str]] | None" = None,
    ) -> None:
        props: dict[str, Any] = {"apiVersion": api_version, "kind": kind}
        for field in ("metadata", *fields):
            props[field] = (
                manifest.apply(lambda resolved, field=field: resolved.get(field))  # type: ignore[misc]
                if isinstance(manifest, pulumi.Output)
                else manifest.get(field)  # type: ignore[union-attr]
            )
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
