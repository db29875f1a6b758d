"""What a review asks a real API server: limits of the namespace, names that are there, rights of a service account."""

import asyncio

import pytest

from flink_session.api_server.kubeconfig import ClusterChoice
from flink_session.cli.review.asking import ask
from flink_session.review.model import Review
from flink_session.review.reviewing import review
from flink_session.review.sessions import find_sessions
from flink_session.review.sources.digest import read_digest
from tests.support.kube import Kube
from tests.support.review.previews import digest

pytestmark = pytest.mark.apiserver


def reviewed(kubeconfig: str, namespace: str, **args: object) -> Review:
    plain = {"cluster_id": "asked", "namespace": namespace}
    preview = read_digest(digest(None, {**plain, **args}), "a test")
    return review(preview, asyncio.run(ask(ClusterChoice(kubeconfig), find_sessions(preview))))


def rules(found: Review) -> set[str]:
    return {item.rule for session in found.sessions for item in session.findings}


def test_what_only_up_would_show(kube: Kube, kubeconfig: str, namespace: str) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "q"},
        "spec": {"hard": {"requests.cpu": "500m"}},
    }
    limits = {"limits": [{"type": "Container", "max": {"memory": "1Gi"}}]}
    range_ = {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "l"}, "spec": limits}
    for path, item in (("resourcequotas", quota), ("limitranges", range_)):
        kube.http.post(f"/api/v1/namespaces/{namespace}/{path}", json=item).raise_for_status()
    kube.http.post(
        f"/api/v1/namespaces/{namespace}/serviceaccounts",
        json={"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "own"}},
    ).raise_for_status()
    found = reviewed(kubeconfig, namespace, service_account="own", configuration={"kubernetes.secrets": "absent:/mnt"})
    assert {"limit-range", "absent-reference", "service-account-rights"} <= rules(found)
    assert not [gap for gap in found.gaps if "not asked" in gap]


def test_nothing_to_say_where_all_is_well(kubeconfig: str) -> None:
    assert rules(reviewed(kubeconfig, "default")) <= {"descriptor"}


def test_a_cluster_that_is_not_there_is_a_gap(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = reviewed(str(tmp_path_factory.mktemp("none") / "kubeconfig"), "default")
    assert any("was not asked" in gap for gap in found.gaps)
