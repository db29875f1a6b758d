"""The last lines of a log: of which container, of which run, and that they are shown and not kept."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.errors import ApiError
from flink_session.api_server.kinds import Manifest
from flink_session.engine.kubernetes_provider.waits.logs import last_lines, unready_container

RUNNING: dict[str, Any] = {"name": "main", "ready": False, "state": {"running": {}}}
CRASHED = {"name": "main", "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": {}}}


def pod(*containers: Manifest, **metadata: str) -> Manifest:
    return {
        "kind": "Pod",
        "metadata": {"name": "jm", "namespace": "flink", **metadata},
        "status": {"containerStatuses": list(containers)},
    }


@pytest.mark.parametrize(
    ("containers", "found"),
    [
        ([RUNNING], ("main", False)),
        ([CRASHED], ("main", True)),
        ([{**RUNNING, "lastState": {"terminated": {"exitCode": 1}}}], ("main", True)),
        (
            [{"name": "main", "state": {"terminated": {"exitCode": 1}}, "lastState": {"terminated": {}}}],
            ("main", False),
        ),
        ([{**RUNNING, "name": "sidecar", "ready": True}, RUNNING], ("main", False)),
        ([{**RUNNING, "ready": True}], None),
        ([{"name": "main", "state": {"waiting": {"reason": "ContainerCreating"}}}], None),
        ([], None),
    ],
)
def test_the_container_that_is_not_ready_and_the_run_that_tells_why(
    containers: list[Manifest], found: tuple[str, bool] | None
) -> None:
    assert unready_container(pod(*containers)) == found
    assert unready_container(pod(*containers, deletionTimestamp="now")) is None


class Logs:
    """What an API server has of logs, or its refusal."""

    def __init__(self, text: str = "", refusal: ApiError | None = None) -> None:
        self.text, self.refusal, self.asked = text, refusal, list[tuple[Any, ...]]()

    async def log(self, *which: object, previous: bool) -> str:
        self.asked.append((*which, previous))
        if self.refusal:
            raise self.refusal
        return self.text


def lines(logs: Logs, *pods: Manifest) -> list[str]:
    return asyncio.run(last_lines(cast("Cluster", logs), {"kind": "Deployment"}, list(pods)))


def test_the_last_lines_are_told_with_where_they_are_from() -> None:
    logs = Logs("Starting.\n\nCould not start: x\n" + "y" * 1000)
    said = lines(logs, pod({**RUNNING, "ready": True}), pod(CRASHED))
    assert said[:3] == ["the last lines of pod jm, container main:", "    Starting.", "    Could not start: x"]
    assert len(said[3]) < 400
    assert logs.asked == [("flink", "jm", "main", 12, True)]
    assert lines(Logs(), pod(RUNNING)) == []
    assert lines(logs) == []


def test_who_may_not_read_logs_is_not_told_so() -> None:
    assert lines(Logs(refusal=ApiError(403, {}, "the log cannot be read")), pod(RUNNING)) == []
