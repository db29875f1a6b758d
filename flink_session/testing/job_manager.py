"""A JobManager's REST API without Flink: the session, jars, jobs, checkpoints and savepoints, in memory.

The client reaches it over HTTP on 127.0.0.1, or by a transport without any network. Time stands still, so that what a
test sees is the same each time.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

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
        """Whether it runs no longer."""
        return self.state in {"FINISHED", "FAILED", "CANCELED"}

    def overview(self) -> Document:
        """The job in the list of jobs."""
        end = NOW - 1000 if self.ended else -1
        tasks = {**self.tasks, "total": sum(self.tasks.values())}
        times = {"start-time": NOW - self.age, "end-time": end, "duration": self.age}
        return {"jid": self.id, "name": self.name, "state": self.state, **times, "tasks": tasks}

    def detail(self) -> Document:
        """The job by itself."""
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
        """Its checkpoints."""
        history = [item for item in (self.completed, self.savepoint) if item]
        counts = {"completed": len(history), "failed": 0, "in_progress": 0}
        latest = {"completed": self.completed, "savepoint": self.savepoint, "failed": None, "restored": self.restored}
        return {"counts": counts, "history": history, "latest": latest}

    def configuration(self) -> Document:
        """How it makes checkpoints."""
        return {
            "mode": "exactly_once",
            "interval": self.interval or 0x7FFFFFFFFFFFFFFF,
            "timeout": 600_000,
            "min_pause": 0,
            "state_backend": "HashMapStateBackend",
            "checkpoint_storage": "FileSystemCheckpointStorage",
            "externalization": {"enabled": self.retained, "delete_on_cancellation": False},
        }


class FakeJobManager:
    """A session. As a context manager, it serves HTTP on 127.0.0.1 at `url`.

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
        self._lock = threading.Lock()
        self._serving: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        """Serve on a free port of 127.0.0.1."""
        self._serving = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self.answer))
        self._serving.daemon_threads = True
        threading.Thread(target=self._serving.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._serving.server_port}"
        return self

    def __exit__(self, *_: object) -> None:
        """Serve no longer."""
        if self._serving:
            self._serving.shutdown()
            self._serving.server_close()

    def transport(self) -> httpx2.BaseTransport:
        """A way for a blocking client of HTTP, without a network."""
        return httpx2.MockTransport(self.answer)

    def async_transport(self) -> httpx2.AsyncBaseTransport:
        """The same for an asynchronous one."""
        return httpx2.MockTransport(self.answer)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request, one at a time."""
        with self._lock:
            return self._answer(request)

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
            if name is None:
                return error(400, "Exactly 1 file must be sent")
            self.jars.append(f"{len(self.jars)}_{name[1].decode()}")
            return httpx2.Response(200, json={"filename": f"/opt/flink/flink-web-upload/{self.jars[-1]}"})
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


class _Handler(BaseHTTPRequestHandler):
    """Hands requests of HTTP to a function, whatever their method."""

    protocol_version = "HTTP/1.1"

    def __init__(self, answer: Callable[[httpx2.Request], httpx2.Response], *of_connection: Any) -> None:
        self._answer = answer
        super().__init__(*of_connection)

    def _carry_out(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            content = b"".join(self._chunks())
        url = f"http://{self.headers.get('Host', '127.0.0.1')}{self.path}"
        answer = self._answer(httpx2.Request(self.command, url, headers=dict(self.headers), content=content))
        body = answer.read()
        self.send_response(answer.status_code)
        self.send_header("Content-Type", answer.headers.get("content-type", "application/json"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _carry_out  # noqa: N815 - the library's names

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Print nothing."""
