"""The last that a container has said before it did not become ready: often that is the reason, in its own words."""

from __future__ import annotations

import asyncio

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.errors import RequestError
from flink_session.api_server.kinds import Manifest

_LINES = 12
_LONGEST = 300
"""Characters of a line; of a longer one the beginning is shown."""
_SECONDS = 10.0
"""After which an API server that does not answer is not asked any more: whoever waits has waited long enough."""


async def last_lines(cluster: Cluster, item: Manifest, pods: list[Manifest]) -> list[str]:
    """Give the last lines of the log of a container that keeps an object from becoming ready; of the first such one.

    Nothing where all are ready, where none has started, or where who deploys may not read logs (`get` on `pods/log`).

    Args:
        cluster: where they are.
        item: what is not ready: a pod, or what has pods.
        pods: those that were watched for it.
    """
    for pod in [item] if item.get("kind") == "Pod" else pods:
        found = unready_container(pod)
        if found is None:
            continue
        container, previous = found
        namespace, name = pod["metadata"].get("namespace", ""), pod["metadata"]["name"]
        try:
            reading = cluster.log(namespace, name, container, _LINES, previous=previous)
            text = await asyncio.wait_for(reading, _SECONDS)
        except (RequestError, TimeoutError):
            return []
        lines = [f"    {line[:_LONGEST]}" for line in text.splitlines() if line.strip()]
        return [f"the last lines of pod {name}, container {container}:", *lines] if lines else []
    return []


def unready_container(pod: Manifest) -> tuple[str, bool] | None:
    """Give the container that keeps a pod from being ready, and whether its previous run is what tells why."""
    if pod["metadata"].get("deletionTimestamp"):
        return None
    status = pod.get("status") or {}
    for container in status.get("containerStatuses") or []:
        state = container.get("state") or {}
        has_crashed = "terminated" in (container.get("lastState") or {})
        if "terminated" in state and state["terminated"].get("exitCode"):
            return container["name"], False
        if not container.get("ready") and (has_crashed or "running" in state):
            return container["name"], has_crashed
    return None
