"""A Flink session in memory, as far as commands on jobs ask: a way for the client, without a network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

NOW = 1_800_000_000_000
"""The JobManager's clock stands still."""
VERTEX = "ca88eee0095684d687a1b6495617f957"
TASKMANAGER = "session-taskmanager-1-1"
Document = dict[str, Any]


def checkpoint(number: int, *, ago: int = 5000, savepoint: bool = False, status: str = "COMPLETED") -> Document:
    """A checkpoint that was complete so many milliseconds ago."""
    return {
        "id": number,
        "status": status,
        "is_savepoint": savepoint,
        "trigger_timestamp": NOW - ago - 40,
        "latest_ack_timestamp": NOW - ago,
        "state_size": 2714,
        "end_to_end_duration": 40,
        "num_subtasks": 4,
        "num_acknowledged_subtasks": 4 if status == "COMPLETED" else 3,
        "external_path": f"file:/{'savepoint' if savepoint else 'chk'}-{number}" if status == "COMPLETED" else None,
    }


@dataclass
class FakeJob:
    """One job.

    Attributes:
        age: milliseconds since it was started.
        tasks: how many are in which state.
        interval: of checkpoints; None for none.
    """

    id: str
    name: str = "count"
    state: str = "RUNNING"
    age: int = 60_000
    tasks: dict[str, int] = field(default_factory=lambda: {"running": 2})
    interval: int | None = 10_000
    completed: Document | None = field(default_factory=lambda: checkpoint(3))
    savepoint: Document | None = None
    restored: Document | None = None
    exceptions: list[Document] = field(default_factory=list)
    failure: str | None = None
    retained: bool = False

    @property
    def ended(self) -> bool:
        return self.state in {"FINISHED", "FAILED", "CANCELED"}

    def overview(self) -> Document:
        end = NOW - 1000 if self.ended else -1
        tasks = {**self.tasks, "total": sum(self.tasks.values())}
        times = {"start-time": NOW - self.age, "end-time": end, "duration": self.age}
        return {"jid": self.id, "name": self.name, "state": self.state, **times, "tasks": tasks}

    def detail(self) -> Document:
        tasks = {state.upper(): count for state, count in self.tasks.items()}
        count = sum(self.tasks.values())
        vertex = {"id": VERTEX, "name": "Source: numbers -> Map", "parallelism": count, "status": "RUNNING"}
        node = {"id": VERTEX, "description": "Source: numbers<br/>+- Map<br/>", "parallelism": count}
        return {
            **self.overview(),
            "now": NOW,
            "timestamps": {self.state: NOW - self.age + 500, "RUNNING": NOW - self.age + 500},
            "vertices": [{**vertex, "tasks": tasks}],
            "plan": {"name": self.name, "nodes": [node]},
        }

    def checkpoints(self) -> Document:
        history = [item for item in (self.completed, self.savepoint) if item]
        counts = {"completed": len(history), "failed": 0, "in_progress": 0}
        latest = {"completed": self.completed, "savepoint": self.savepoint, "failed": None, "restored": self.restored}
        return {"counts": counts, "history": history, "latest": latest}

    def configuration(self) -> Document:
        return {
            "mode": "exactly_once",
            "interval": self.interval or 0x7FFFFFFFFFFFFFFF,
            "timeout": 600_000,
            "min_pause": 0,
            "state_backend": "HashMapStateBackend",
            "checkpoint_storage": "FileSystemCheckpointStorage",
            "externalization": {"enabled": self.retained, "delete_on_cancellation": False},
        }


class FakeFlink:
    """The session.

    Attributes:
        asked: the method and path of each request.
        bodies: what was sent as JSON, by path.
        jars: the ids of uploaded ones.
        on_run: makes the job of a submission; an answer instead is one of an error.
        refuses: answers by path, in the place of any other.
    """

    url = "http://flink"
    description = "a session in memory"

    def __init__(self, *jobs: FakeJob) -> None:
        self.jobs = {job.id: job for job in jobs}
        self.asked: list[str] = []
        self.bodies: dict[str, Document] = {}
        self.jars: list[str] = []
        self.log = "nothing\n"
        self.triggers: dict[str, str] = {}
        self.on_run: Callable[[Document], FakeJob | httpx2.Response] = lambda body: FakeJob(body["jobId"])
        self.refuses: dict[str, httpx2.Response] = {}

    def transport(self) -> httpx2.BaseTransport:
        return httpx2.MockTransport(self._answer)

    def async_transport(self) -> httpx2.AsyncBaseTransport:
        return httpx2.MockTransport(self._answer)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        self.asked.append(f"{request.method} {path}")
        if path in self.refuses:
            return self.refuses[path]
        content = request.read()
        if content and request.headers.get("content-type") == "application/json":
            self.bodies[path] = json.loads(content)
        found = self._of_session(request.method, path, content) or self._of_job(request.method, path)
        return found or error(404, f"no {path}")

    def _of_session(self, method: str, path: str, content: bytes) -> httpx2.Response | None:
        documents = {
            "/jobs/overview": {"jobs": [job.overview() for job in self.jobs.values()]},
            "/config": {"flink-version": "2.2.1", "features": {"web-submit": True}, "refresh-interval": 0},
            "/overview": {
                "flink-version": "2.2.1",
                "taskmanagers": 1,
                "slots-total": 4,
                "slots-available": 1,
                **dict.fromkeys(("jobs-running", "jobs-finished", "jobs-cancelled", "jobs-failed"), 0),
            },
            "/taskmanagers/metrics": [
                {"id": "Status.JVM.Memory.Metaspace.Used", "max": 95.0},
                {"id": "Status.JVM.Memory.Metaspace.Max", "max": 100.0},
            ],
            "/jars": {
                "files": [{"id": id_, "name": id_.partition("_")[2], "uploaded": 1, "entry": []} for id_ in self.jars]
            },
            f"/taskmanagers/{TASKMANAGER}/logs": {
                "logs": [{"name": "flink.log", "size": len(self.log), "mtime": NOW - NOW % 900_000}]
            },
        }
        if path in documents:
            return httpx2.Response(200, json=documents[path])
        if path.endswith("/logs/flink.log"):
            return httpx2.Response(200, text=self.log)
        if path == "/jars/upload":
            name = re.search(rb'filename="([^"]*)"', content)
            assert name
            self.jars.append(f"{len(self.jars)}_{name[1].decode()}")
            return httpx2.Response(200, json={"filename": f"/tmp/flink-web-upload/{self.jars[-1]}"})
        if match := re.fullmatch(r"/jars/([^/]+)/(run|plan)", path):
            body = self.bodies[path]
            if match[2] == "plan":
                return httpx2.Response(200, json={"plan": FakeJob("0" * 32).detail()["plan"]})
            made = self.on_run(body)
            if isinstance(made, httpx2.Response):
                return made
            self.jobs[made.id] = made
            return httpx2.Response(200, json={"jobid": made.id})
        return None

    def _of_job(self, method: str, path: str) -> httpx2.Response | None:
        match = re.fullmatch(r"/jobs/([0-9a-f]{32})(/.*)?", path)
        if not match or match[1] not in self.jobs:
            return None
        job, rest = self.jobs[match[1]], match[2] or ""
        if method == "PATCH":
            job.state = "CANCELED"
            return httpx2.Response(202, json={})
        if method == "POST":
            trigger = self.bodies[path]["triggerId"]
            self.triggers[trigger] = rest
            return httpx2.Response(202, json={"request-id": trigger})
        if rest.startswith("/savepoints/"):
            if self.triggers.get(rest.removeprefix("/savepoints/")) == "/stop":
                job.state = "FINISHED"
            done = {"status": {"id": "COMPLETED"}, "operation": {"location": "file:/savepoint-9"}}
            return httpx2.Response(200, json=done)
        busy = [
            {"id": "busyTimeMsPerSecond", "max": 730.0},
            {"id": "backPressuredTimeMsPerSecond", "max": 20.0},
        ]
        ended = {"id": job.id, "application-status": job.state, "net-runtime": 1}
        failure = {"failure-cause": {"class": "X", "stack-trace": job.failure}} if job.failure else {}
        documents = {
            "": job.detail(),
            "/plan": {"plan": job.detail()["plan"]},
            "/metrics": [{"id": "numRestarts", "value": "2"}],
            "/checkpoints": job.checkpoints(),
            "/checkpoints/config": job.configuration(),
            "/exceptions": {"exceptionHistory": {"entries": job.exceptions}},
            "/execution-result": {"status": {"id": "COMPLETED"}, "job-execution-result": {**ended, **failure}},
            f"/vertices/{VERTEX}/subtasks/metrics": busy,
            f"/vertices/{VERTEX}/taskmanagers": {
                "taskmanagers": [{"taskmanager-id": TASKMANAGER, "status": "RUNNING"}]
            },
            "/config": {
                "jid": job.id,
                "name": job.name,
                "execution-config": {"restart-strategy": "x", "job-parallelism": 1, "user-config": {"team": "data"}},
            },
        }
        return httpx2.Response(200, json=documents[rest]) if rest in documents else None


def error(status: int, text: str) -> httpx2.Response:
    """An error of Flink's."""
    return httpx2.Response(status, json={"errors": [text]})
