"""The program of this example: what it makes, and that its quota is as large as its session needs.

Run it with ``pytest examples/platform/tests``; with ``FLINK_SESSION_ACCEPT=1`` before it, manifests.yaml is written.
"""

from pathlib import Path

import pytest

from flink_session.testing import Ran, assert_manifests, run

FOLDER = Path(__file__).parent


@pytest.fixture(scope="module")
def ran() -> Ran:
    return run(FOLDER.parent / "__main__.py")


def test_the_objects_are_those_that_were_reviewed(ran: Ran) -> None:
    assert_manifests(ran.manifests, FOLDER / "manifests.yaml")


def test_the_endpoint_is_in_the_teams_namespace(ran: Ran) -> None:
    assert ran.outputs["rest_endpoint"] == "http://flink-rest.team-fraud:8081"


def test_the_quota_holds_a_jobmanager_and_three_taskmanagers(ran: Ran) -> None:
    (quota,) = ran.of_type("kubernetes:core/v1:ResourceQuota")
    assert quota.inputs["spec"]["hard"] == {"limits.cpu": "2000m", "limits.memory": "8Gi"}
    assert ran["fraud-jobmanager"].inputs["metadata"]["namespace"] == "team-fraud"
