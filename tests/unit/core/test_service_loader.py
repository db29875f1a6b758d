"""Choosing the factory that deploys a configuration."""

from __future__ import annotations

import pytest

from flink_session.configuration import Configuration, IllegalConfigurationError
from flink_session.deployment import ClusterClientServiceLoader, KubernetesClusterClientFactory
from flink_session.deployment.service_loader import installed_factories


@pytest.mark.parametrize("target", ["kubernetes-session", "Kubernetes-Session"])
def test_the_built_in_factory_needs_no_installation(target: str) -> None:
    factory = ClusterClientServiceLoader().get_cluster_client_factory(Configuration({"execution.target": target}))
    assert isinstance(factory, KubernetesClusterClientFactory)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "execution.target must be set: set it to kubernetes-session."),
        ({"execution.target": "yarn-session"}, "an installed factory deploys (KubernetesClusterClientFactory)"),
        ({"execution.target": "kubernetes-application"}, "an application cluster is deployed by `flink run --target`"),
        ({"execution.target": "kubernetes-per-job"}, "a per-job cluster is deployed by no Flink from 2.0 on"),
    ],
)
def test_no_compatible_factory(values: dict[str, str], message: str) -> None:
    with pytest.raises(IllegalConfigurationError) as raised:
        ClusterClientServiceLoader().get_cluster_client_factory(Configuration(values))
    assert message in str(raised.value)


def test_more_than_one_compatible_factory() -> None:
    class Other(KubernetesClusterClientFactory):
        pass

    loader = ClusterClientServiceLoader([KubernetesClusterClientFactory(), Other()])
    with pytest.raises(IllegalConfigurationError, match="not KubernetesClusterClientFactory, Other: uninstall one"):
        loader.get_cluster_client_factory(Configuration({"execution.target": "kubernetes-session"}))


def test_factories_of_installed_packages_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Remote(KubernetesClusterClientFactory):
        def is_compatible_with(self, configuration: Configuration) -> bool:
            return configuration.values.get("execution.target") == "remote"

    class EntryPoint:
        def __init__(self, loaded: type | None) -> None:
            self.loaded = loaded

        def load(self) -> type:
            if self.loaded is None:
                raise ImportError("its library is not installed")
            return self.loaded

    def entry_points(group: str) -> list[EntryPoint]:
        assert group == "flink_session.cluster_client_factories"
        return [EntryPoint(KubernetesClusterClientFactory), EntryPoint(None), EntryPoint(Remote)]

    monkeypatch.setattr("importlib.metadata.entry_points", entry_points)
    factories = installed_factories.__wrapped__()
    assert [type(factory).__name__ for factory in factories] == ["KubernetesClusterClientFactory", "Remote"]
    remote = ClusterClientServiceLoader(factories).get_cluster_client_factory(
        Configuration({"execution.target": "remote"})
    )
    assert isinstance(remote, Remote)
