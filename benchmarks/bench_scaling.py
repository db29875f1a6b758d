"""`up` of many clusters: 500 objects, beside what the API server takes for the same objects from a bare client.

The bare client does the least that `up` has to do for an object: it asks whether the object is there, and applies it.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx2
from lightkube.config.client_adapter import ConnectionParams
from lightkube.config.kubeconfig import KubeConfig

from benchmarks.api_server import api_server
from benchmarks.project import Project
from benchmarks.report import Figure, Report

COMPONENTS = 125
OBJECTS = 4 * COMPONENTS
IN_FLIGHT = 32
"""Requests at a time, the engine's default and the bare client's."""
HINDRANCE = 2.0
"""How many times as long as the bare client the engine may take to be bounded by the API server. Our own aim."""


def test_scaling(tmp_path: Path, report: Report) -> None:
    with api_server(tmp_path) as server:
        with server.namespace("scaling") as namespace:
            project = Project(tmp_path / "scaling", "generated", server.kubeconfig, namespace)
            project.configure("new", COMPONENTS, secret=True)
            trace = project.trace("up", "--yes", "--skip-preview", "--stack", "new")
            manifests = [resource["inputs"] for resource in resources(project)]
        assert len(manifests) == OBJECTS
        with server.namespace("generated") as namespace:
            bare = asyncio.run(seconds_of_bare_client(server.kubeconfig, namespace, manifests))
    section = f"Scaling, up of {COMPONENTS} components of 4 objects; {server.what}"
    begin, end = trace["registrations"][0][0], trace["end"]
    calls = trace["calls"]
    report.add(Figure(section, "whole run", end, "s"))
    report.add(Figure(section, "from the first registration on", end - begin, "s"))
    report.add(Figure(section, f"a bare client with {IN_FLIGHT} requests at a time, the same objects", bare, "s"))
    report.add(Figure(section, "the two before, engine / bare client", (end - begin) / bare, "times", aim=HINDRANCE))
    report.add(Figure(section, f"most requests at a time, of {len(calls)}", most_at_a_time(calls), "", aim=IN_FLIGHT))
    for process, value in trace["cpu"].items():
        report.add(Figure(section, f"processor time of the {process}", value, "s"))


def resources(project: Project) -> list[dict[str, Any]]:
    """Return what the state has of the cluster's objects."""
    file = project.folder / "backend" / ".pulumi" / "stacks" / project.program / "new.json"
    latest = json.loads(file.read_text())["checkpoint"]["latest"]
    return [resource for resource in latest["resources"] if resource["type"].startswith("kubernetes:")]


async def seconds_of_bare_client(kubeconfig: Path, namespace: str, manifests: Iterable[dict[str, Any]]) -> float:
    """Apply objects in another namespace, and return how long it took."""
    config = KubeConfig.from_file(str(kubeconfig)).get()
    assert config
    slots = asyncio.Semaphore(IN_FLIGHT)
    parameters = ConnectionParams(timeout=httpx2.Timeout(60)).httpx_params(config)
    async with httpx2.AsyncClient(**parameters, limits=httpx2.Limits(max_keepalive_connections=64)) as client:

        async def apply(manifest: dict[str, Any]) -> None:
            body = {**manifest, "metadata": {**manifest["metadata"], "namespace": namespace}}
            if body["kind"] == "Secret":
                body["data"] = {"token": "czNjcmV0"}  # in the state it is encrypted
            root = "/api/v1" if body["apiVersion"] == "v1" else f"/apis/{body['apiVersion']}"
            url = f"{root}/namespaces/{namespace}/{body['kind'].lower()}s/{body['metadata']['name']}"
            parameters = {"fieldManager": "bare", "fieldValidation": "Strict"}
            headers = {"Content-Type": "application/apply-patch+yaml"}
            async with slots:
                await client.get(url)
            async with slots:
                answer = await client.patch(url, params=parameters, headers=headers, content=json.dumps(body))
            assert answer.status_code == 201, answer.text

        started = time.perf_counter()
        await asyncio.gather(*map(apply, manifests))
        return time.perf_counter() - started


def most_at_a_time(intervals: list[list[float]]) -> int:
    """Return how many of the intervals overlap at most."""
    changes = sorted([(end, -1) for _, end in intervals] + [(begin, 1) for begin, _ in intervals])
    most = current = 0
    for _, change in changes:
        current += change
        most = max(most, current)
    return most
