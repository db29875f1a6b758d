"""What tests of every kind share, and which of them are left out where there is no cluster."""

import os
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.kube import Kube, named_kubeconfig
from tests.support.project import Project

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a cluster where none is named, or the Pulumi CLI where there is none, saying so."""
    no_cluster = pytest.mark.skip(reason="FLINK_SESSION_TEST_KUBECONFIG names no cluster")
    no_browser = pytest.mark.skip(reason="FLINK_SESSION_TEST_BROWSER names no Chromium")
    no_cli = pytest.mark.skip(reason="there is no pulumi CLI on the PATH")
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        if marks & {"apiserver", "node"} and not named_kubeconfig():
            item.add_marker(no_cluster)
        if "browser" in marks and "FLINK_SESSION_TEST_BROWSER" not in os.environ:
            item.add_marker(no_browser)
        if "pulumi" in marks and not shutil.which("pulumi"):
            item.add_marker(no_cli)


@pytest.fixture(scope="session")
def kubeconfig() -> str:
    """The kubeconfig of the cluster to test on."""
    found = named_kubeconfig()
    assert found
    return found


@pytest.fixture(scope="session")
def kube(kubeconfig: str) -> Kube:
    """The cluster to test on."""
    return Kube(kubeconfig)


@pytest.fixture(scope="module")
def namespace(kube: Kube) -> Iterator[str]:
    """A namespace for one module of tests."""
    with kube.namespace("flink-session-test") as name:
        yield name


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, kubeconfig: str) -> Project:
    """This project's program with a backend for one module of tests."""
    return Project(tmp_path_factory.mktemp("project") / "flink-session", kubeconfig)
