"""The recorded program without a process: its recorded requests, sent to a monitor over an API server in memory."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
import io
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime.proto import resource_pb2
from rich.console import Console

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.kubeconfig import ClusterChoice, Connection
from flink_session.engine.deploy.deployment import Deployment
from flink_session.engine.deploy.monitor import Monitor
from flink_session.engine.deploy.outside import Outside
from flink_session.engine.deploy.providers import Providers
from flink_session.engine.deploy.refresh import refresh
from flink_session.engine.deploy.run import interruptible as _heeding
from flink_session.engine.display.display import Display
from flink_session.engine.model.state import Checkpoint, checkpoint_from_json
from flink_session.engine.model.urn import make_urn
from flink_session.engine.model.values import Secret
from flink_session.engine.stack.backend import StackFile
from flink_session.engine.stack.journal import Journal
from flink_session.engine.stack.passphrase import Crypter
from flink_session.engine.stack.project import StackConfig
from tests.support.engine.fake_api import FakeApi

RECORDINGS = Path(__file__).parents[2] / "recordings"
SALT = "v1:/xMw9CQlA7A=:v1:RsBZc8dLDNYZ+4oV:7ikPq7dN1EoqqPBwlVUBVqFCcnf5jQ=="
CRYPTER = Crypter("pass", SALT)

Message = dict[str, Any]
Change = Callable[[Message], None]


def recorded_checkpoint(step: str) -> Message:
    """The recorded `deployment` object after a step."""
    document: Message = json.loads((RECORDINGS / f"{step}.checkpoint.json").read_text())["deployment"]
    return document


@functools.cache
def recorded_messages(method: str, step: str = "02-up-create") -> list[tuple[Message, Message]]:
    """Each recorded request of one RPC with its response, in the order of these; an empty one if there was none."""
    lines = [json.loads(line) for line in (RECORDINGS / f"{step}.grpc.jsonl").read_text().splitlines()]
    lines = [line for line in lines if line["method"].endswith(f"/{method}")]
    ended = [(line["request"], line["response"]) for line in lines if "response" in line]
    answered = [request for request, _ in ended]
    return ended + [(line["request"], {}) for line in lines if line["request"] not in answered]


class AbortedError(Exception):
    """The monitor ended a call with an error."""


class Neighbourhood(Outside):
    """One cluster, whatever is asked for, and no other stacks."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    async def cluster(self, choice: ClusterChoice) -> Cluster:
        return self._cluster

    def stack_outputs(self, name: str) -> Message:
        return {"name of it": name, "password": Secret("hidden")}


class _Context:
    async def abort(self, code: Any, details: str) -> None:
        raise AbortedError(f"{code.name}: {details}")


class Replay:
    """One stack: its checkpoint survives from run to run, as its file would; with `file`, it is one."""

    def __init__(self, api: FakeApi, checkpoint: Message | None = None, file: StackFile | None = None) -> None:
        self.api = api
        self.checkpoint: Message = (file.read() if file else checkpoint) or {}
        self._file = file
        self.saved: list[Message] = []
        self.features: set[str] = set()
        self.screen = io.StringIO()
        self.config = StackConfig({}, frozenset())
        self.offline = False
        self.warn: Callable[[str], None] | None = None
        self.deployment: Deployment

    def run(
        self,
        change: Change = lambda _: None,
        *,
        preview: bool = False,
        without: tuple[str, ...] = (),
        interruptible: bool = False,
        at_once: bool = False,
        step: str = "02-up-create",
    ) -> Deployment:
        """Run the recorded program.

        Args:
            step: of which recording.
            change: may alter each request.
            preview: change nothing.
            without: names of resources that are left out.
            interruptible: heed signals.
            at_once: send a request as soon as those that it depends on are answered, as the SDK does.
        """
        requests = []
        for recorded, _ in recorded_messages("RegisterResource", step):
            if recorded["name"] not in without:
                request = copy.deepcopy(recorded)
                for option in ("sourcePosition", "stackTrace"):
                    request.pop(option, None)
                change(request)
                requests.append(request)
        outputs = [request for request, _ in recorded_messages("RegisterResourceOutputs", step)]
        return asyncio.run(self._run(requests, outputs, preview, interruptible, at_once))

    def call(self, method: str, message: Any) -> Deployment:
        """Make one call of the monitor."""

        async def send(monitor: Monitor) -> None:
            await getattr(monitor, method)(message, _Context())

        return asyncio.run(self._with_monitor(send, preview=False))

    def destroy(self, *, interruptible: bool = False) -> Deployment:
        """Remove everything; with `interruptible`, heed signals."""

        async def remove(_: Monitor) -> None:
            with _heeding(self.deployment) if interruptible else contextlib.nullcontext():
                await self.deployment.remove(self.deployment.journal.remaining())

        return asyncio.run(self._with_monitor(remove, preview=False))

    def refresh(self, *, preview: bool = False) -> Deployment:
        """Read everything."""

        async def read(_: Monitor) -> None:
            await refresh(self.deployment)

        return asyncio.run(self._with_monitor(read, preview=preview))

    def resource(self, name: str) -> Message:
        """The checkpoint's entry of a resource."""
        return next(entry for entry in self.checkpoint["resources"] if entry["urn"].endswith(f"::{name}"))

    @property
    def text(self) -> str:
        """All that was shown."""
        return self.screen.getvalue()

    async def _run(
        self, requests: list[Message], outputs: list[Message], preview: bool, interruptible_: bool, at_once: bool
    ) -> Deployment:
        async def send(monitor: Monitor) -> None:
            with _heeding(self.deployment) if interruptible_ else contextlib.nullcontext():
                await self._register_all(monitor, requests, at_once)
                for recorded in outputs:
                    message = json_format.ParseDict(recorded, resource_pb2.RegisterResourceOutputsRequest())
                    await monitor.RegisterResourceOutputs(message, _Context())
                await monitor.SignalAndWaitForShutdown(None, _Context())

        return await self._with_monitor(send, preview)

    async def _register_all(self, monitor: Monitor, requests: list[Message], at_once: bool) -> None:
        answered: dict[str, asyncio.Task[None]] = {}

        async def register(request: Message, needed: list[asyncio.Task[None]]) -> None:
            await asyncio.gather(*needed)
            message = json_format.ParseDict(request, resource_pb2.RegisterResourceRequest())
            await monitor.RegisterResource(message, _Context())

        for request in requests:
            needed = [request.get("parent", ""), *request.get("dependencies", [])] if at_once else list(answered)
            tasks = [answered[urn] for urn in needed if urn in answered]
            urn = make_urn("dev", "recording", request.get("parent", ""), request["type"], request["name"])
            answered[urn] = asyncio.create_task(register(request, tasks))
        await asyncio.gather(*answered.values())

    async def _with_monitor(self, work: Callable[[Monitor], Awaitable[None]], preview: bool) -> Deployment:
        cluster = Cluster(Connection(self.api.client(), "http://fake", "the fake", "default"))

        base = checkpoint_from_json(self.checkpoint, CRYPTER.decrypt) if self.checkpoint else Checkpoint()
        journal = Journal(base, CRYPTER, None if preview else self._write)
        providers = Providers(
            "dev", "recording", self.config, "4.34.2", journal, Neighbourhood(cluster), self.warn, offline=self.offline
        )
        display = Display(Console(file=self.screen, width=200), preview)
        self.deployment = Deployment(journal, providers, display, preview)
        monitor = Monitor(self.deployment, display, "recording", "dev", self.config)
        with display:
            try:
                await work(monitor)
            except AbortedError:
                await monitor.drain()
                await self.deployment.finish(succeeded=False)
        await cluster.close()
        display.show_errors()
        return self.deployment

    def _write(self, text: str, features: set[str]) -> None:
        self.features = features
        if self._file:
            self._file.write(text, features)
        self.checkpoint = json.loads(text)
        self.saved.append(self.checkpoint)
