"""Which children of an adopted session are imported, and which are made."""

from __future__ import annotations

from typing import Any

import pytest

from flink_session import FlinkSessionCluster
from tests.support.recording_monitor import Recording, record


def recorded(**args: Any) -> Recording:
    def program() -> dict[str, Any]:
        FlinkSessionCluster("demo", {"cluster_id": "demo", "namespace": "flink", **args})  # type: ignore[typeddict-item]
        return {}

    return record(program)


def imported(recording: Recording) -> dict[str, str]:
    return {name: request.importId for name, request in recording.requests.items() if request.importId}


BY_FLINK = {
    "demo-config": "flink/flink-config-demo",
    "demo-internal": "flink/demo",
    "demo-jobmanager": "flink/demo",
    "demo-rest": "flink/demo-rest",
}
TEMPLATE = {"spec": {"nodeSelector": {"disk": "ssd"}}}


@pytest.mark.parametrize(
    ("args", "more", "made"),
    [
        ({}, {}, set()),
        ({"pod_security": "restricted"}, {}, {"demo-pod-template"}),
        ({"pod_template": TEMPLATE}, {"demo-pod-template": "flink/pod-template-demo"}, set()),
        (
            {"hadoop_configuration": {"core-site.xml": "<x/>"}},
            {"demo-hadoop-config": "flink/hadoop-config-demo"},
            set(),
        ),
        ({"additions": {"access": True}}, {}, {"demo-role", "demo-role-binding", "demo-service-account"}),
    ],
)
def test_what_flinks_client_makes_is_imported_and_all_else_is_made(
    args: dict[str, Any], more: dict[str, str], made: set[str]
) -> None:
    recording = recorded(adopt=True, **args)
    assert imported(recording) == {**BY_FLINK, **more}
    kubernetes = {name for name, request in recording.requests.items() if request.type.startswith("kubernetes:")}
    assert kubernetes - imported(recording).keys() - {"demo-found-config", "demo-found-jobmanager"} == made


def test_nothing_is_imported_unless_it_is_asked_for() -> None:
    assert not imported(recorded())
