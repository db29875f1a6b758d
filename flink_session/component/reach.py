"""How a dynamic resource among the children reaches the Kubernetes cluster that the others are in.

It has no Kubernetes provider, and when it is deleted no program may run. So what the provider is given is among its own
properties, and in the state.
"""

import os
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any, Optional

import pulumi

from flink_session.component.program import provider_settings
from flink_session.configuration import Finding


def reach_findings(
    argument: str,
    value: object,
    provider: Optional[pulumi.ProviderResource],  # noqa: UP045 - as all in this layer
) -> Iterator[Finding]:
    """Find why a dynamic resource could not reach the cluster.

    Args:
        argument: what asks for the resource.
        value: what it was given.
        provider: makes the other children; ``None`` for Pulumi's default one.
    """
    if find_spec("httpx2") is None or find_spec("lightkube") is None:
        rule = "needs the client of session clusters, which is not installed"
        yield Finding(argument, value, rule, "install flink-session[cli] where the program runs")
    settings = provider_settings(provider)
    for name, fix in (
        ("cluster", "name a context of the kubeconfig instead, which says the user too"),
        ("render_yaml_to_directory", f"leave {argument} out where no cluster is written to"),
    ):
        if settings[name] is not None:
            said = "on" if value is True else value
            yield Finding(argument, value, f"cannot be {said} where the provider has {name}", fix)


def reach_properties(provider: Optional[pulumi.ProviderResource]) -> dict[str, Any]:  # noqa: UP045
    """Give the properties by which a dynamic resource reaches the cluster; the kubeconfig is secret."""
    settings = provider_settings(provider)
    kubeconfig = settings["kubeconfig"]
    if kubeconfig == os.environ.get("KUBECONFIG"):
        kubeconfig = None  # it is found again, and another machine may have it elsewhere
    return {
        "kubeconfig": None if kubeconfig is None else pulumi.Output.secret(kubeconfig),
        "context": settings["context"],
    }
