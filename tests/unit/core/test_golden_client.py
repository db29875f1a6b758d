"""The same options give the same objects as Flink's own client gave, and the same refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flink_session.configuration import IllegalConfigurationError
from tests.unit.core.golden import GOLDEN, comparable, deploy, recording

ALL = sorted(path.stem for path in (GOLDEN / "client").iterdir())
REFUSED = {
    "err-blobrange": "blob.server.port",
    "err-factor": "kubernetes.jobmanager.cpu.limit-factor",
    "err-image": "kubernetes.container.image.ref",
    "err-long": "kubernetes.cluster-id",
    "err-range": "rest.bind-port",
    "err-replicas0": "kubernetes.jobmanager.replicas",
    "err-replicas2": "kubernetes.jobmanager.replicas",
    "err-template": "kubernetes.pod-template-file.jobmanager",
    "err-tmtemplate": "kubernetes.pod-template-file.taskmanager",
}
DIFFERENT = {"depr-cpu"}
STOPPED = {"deploy-exists", "err-svcfail"}
"""What the API server refused half-way; up to there, the objects are equal."""


@pytest.mark.parametrize("name", [name for name in ALL if name not in {*REFUSED, *DIFFERENT}])
def test_objects_equal_those_of_flinks_client(name: str) -> None:
    recorded = recording(name)
    objects = [comparable(item) for item in deploy(recorded).specification.objects]
    assert recorded.created
    assert objects[: len(recorded.created) if name in STOPPED else None] == recorded.created


@pytest.mark.parametrize(("name", "key"), REFUSED.items())
def test_what_flinks_client_refuses_is_an_error_on_the_same_key(name: str, key: str) -> None:
    recorded = recording(name)
    assert recorded.exit_code == 1
    assert not recorded.created
    with pytest.raises(IllegalConfigurationError) as raised:
        deploy(recorded)
    assert [finding.key for finding in raised.value.findings] == [key]


def test_a_former_key_that_begins_another_key_is_an_error_where_flink_loses_a_setting() -> None:
    recorded = recording("depr-cpu")
    written = recorded.created[-1]["data"]["config.yaml"]
    assert "kubernetes.jobmanager.cpu.limit-factor" in recorded.dynamic_properties
    assert "kubernetes.jobmanager.cpu.limit-factor" not in written
    with pytest.raises(IllegalConfigurationError, match=r"write kubernetes\.jobmanager\.cpu\.amount instead"):
        deploy(recorded)


def test_a_cluster_id_is_never_generated() -> None:
    recorded = recording("default")
    with pytest.raises(IllegalConfigurationError, match=r"kubernetes\.cluster-id must be set"):
        deploy(replace(recorded, arguments=[]))
