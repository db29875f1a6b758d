"""Finding the factory for a configuration among installed packages. Mirrors ``DefaultClusterClientServiceLoader``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from flink_session.configuration.configuration import Configuration
from flink_session.configuration.core_options import DeploymentOptions
from flink_session.configuration.findings import illegal
from flink_session.deployment.cluster_client_factory import ClusterClientFactory, KubernetesClusterClientFactory

ENTRY_POINT_GROUP = "flink_session.cluster_client_factories"
"""The entry point group in which a package names its factories."""


@cache
def installed_factories() -> tuple[ClusterClientFactory, ...]:
    """Return the factories of all installed packages, the built-in one first, whether or not it is installed itself.

    A factory that cannot be imported is left out, as Flink leaves out YARN where Hadoop is missing.
    """
    from importlib.metadata import entry_points  # noqa: PLC0415 - it alone takes a third of the import time

    factories: list[ClusterClientFactory] = [KubernetesClusterClientFactory()]
    for entry_point in entry_points(group=ENTRY_POINT_GROUP):
        try:
            factory_type = entry_point.load()
        except ImportError:
            continue
        if factory_type is not KubernetesClusterClientFactory:
            factories.append(factory_type())
    return tuple(factories)


class ClusterClientServiceLoader:
    """Chooses the one factory that deploys a configuration."""

    def __init__(self, factories: Iterable[ClusterClientFactory] | None = None) -> None:
        self._factories = tuple(factories) if factories is not None else installed_factories()

    def get_cluster_client_factory(self, configuration: Configuration) -> ClusterClientFactory:
        """Return the factory that is compatible with ``configuration``.

        Raises:
            IllegalConfigurationError: none is, or more than one is.
        """
        compatible = [factory for factory in self._factories if factory.is_compatible_with(configuration)]
        if len(compatible) == 1:
            return compatible[0]
        target = configuration.get(DeploymentOptions.TARGET)
        names = ", ".join(type(factory).__name__ for factory in compatible or self._factories)
        if compatible:
            raise illegal(DeploymentOptions.TARGET.key, target, f"must fit one factory, not {names}", "uninstall one")
        if target is None:
            raise illegal(DeploymentOptions.TARGET.key, None, "must be set", "set it to kubernetes-session")
        rule = f"must be a target that an installed factory deploys ({names}), and {_by_whom(target)}"
        raise illegal(DeploymentOptions.TARGET.key, target, rule, "set it to kubernetes-session")


def _by_whom(target: str) -> str:
    """Say what deploys a target that nothing here does."""
    name = target.lower()
    if name.endswith("-application"):
        return "an application cluster is deployed by `flink run --target` or by the Flink Kubernetes Operator"
    if name.endswith("-per-job"):
        return "a per-job cluster is deployed by no Flink from 2.0 on, and never was on Kubernetes"
    return "that one is deployed by Flink's own client, if by any"
