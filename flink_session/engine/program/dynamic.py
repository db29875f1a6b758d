"""Dynamic providers (`pulumi.dynamic`): resources that are made by code of the program's own.

The code is pickled into the resource's property `__provider`. A process of the project's interpreter, which the Pulumi
SDK has for that, unpickles and runs it, and is asked over gRPC.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..errors import ProjectError, StepError
from ..model.diff import ABSENT, Change, compare, forces_new
from ..model.goal import Goal
from ..model.paths import parse_path
from ..model.resource import Properties, Provider, Report, Resource, Verdict, Written
from ..model.state import ResourceState
from ..model.urn import Urn
from ..model.values import ResourceReference, mark_secrets, plain, rebuilt
from ..model.wire import decode_struct, encode_struct
from ..stack.project import Project
from .program import find_interpreter

PACKAGE = "pulumi-python"
_RUN_ERROR = "pulumi.errors.RunError"

_RUN = """
import os, runpy, sys, threading
def end_with_engine(lifeline):
    lifeline.read()
    os._exit(0)
threading.Thread(target=end_with_engine, args=(sys.stdin,), daemon=True).start()
runpy.run_module("pulumi.dynamic", run_name="__main__")
"""


class DynamicProvider(Provider):
    """The process, once it is asked for anything."""

    says_what_failed = True

    def __init__(self, project: Project, config: Properties, say: Callable[[str], None]) -> None:
        """`config` is all of the stack's configuration; `say` gets what the code prints."""
        self._project, self._config, self._say = project, config, say
        self._opened: asyncio.Task[Any] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._channel: Any = None
        self._reader: asyncio.Task[None] | None = None

    async def resource(self, goal: Goal, old: ResourceState | None) -> Resource:
        """Let the code check the inputs."""
        response = await self.call(
            "Check", goal.urn, olds=_struct(old.inputs if old else {}), news=_struct(goal.inputs)
        )
        if response.failures:
            findings = (f"  {failure.property}: {failure.reason}" for failure in response.failures)
            raise StepError(f"{goal.type} {goal.name} is invalid:\n" + "\n".join(findings))
        return DynamicResource(goal, mark_secrets(decode_struct(response.inputs), goal.inputs), self)

    async def reasons(self, state: ResourceState, wanted: Properties) -> tuple[Change, ...]:
        """Ask the code what needs a new resource."""
        return (await self.difference(state, wanted))[1]

    async def difference(
        self, old: ResourceState, wanted: Properties, ignored: list[str] | None = None
    ) -> tuple[tuple[Change, ...], tuple[Change, ...], bool]:
        """Give what differs, which of it needs a new resource, and whether the old one has to be deleted first."""
        response = await self.call(
            "Diff",
            old.urn,
            id=old.id,
            olds=_struct(old.outputs),
            news=_struct(wanted),
            old_inputs=_struct(old.inputs),
            ignoreChanges=ignored or [],
        )
        changes = tuple(compare(old.inputs, wanted))
        asked = {
            key: Change((key,), old.outputs.get(key, ABSENT), wanted.get(key, ABSENT)) for key in response.replaces
        }
        reasons = [change for change in changes if change.path[0] in asked]
        reasons += [asked[key] for key in asked if not any(change.path[0] == key for change in reasons)]
        if response.changes == response.DIFF_SOME and not changes:
            changes = tuple(asked.values()) or (Change((), ABSENT, ABSENT),)
        elif response.changes == response.DIFF_NONE and not reasons:
            changes = ()
        return changes, tuple(reasons), response.deleteBeforeReplace

    async def read(self, state: ResourceState) -> ResourceState | None:
        """Let the code read the resource."""
        response = await self.call(
            "Read",
            state.urn,
            id=state.id,
            properties=_struct(state.outputs),
            inputs=_struct(state.inputs),
        )
        if not response.id:
            return None
        outputs = mark_secrets(decode_struct(response.properties), state.outputs)
        inputs = decode_struct(response.inputs) if response.HasField("inputs") else state.inputs
        return replace(state, id=response.id, outputs=outputs, inputs=mark_secrets(inputs, state.inputs))

    async def is_there(self, state: ResourceState, report: Report | None = None) -> bool:
        """Read it."""
        return await self.read(state) is not None

    async def require(self, state: ResourceState) -> None:
        """Do nothing: only the code knows."""

    async def delete(self, state: ResourceState, report: Report) -> None:
        """Let the code delete it. Of what was never recorded, not even the id is known."""
        if not state.id:
            self._say(
                f"warning: an earlier run was interrupted while {state.urn} was created; "
                "if that succeeded, what it made is still there, and nothing knows of it"
            )
            return
        await self.call(
            "Delete",
            state.urn,
            id=state.id,
            properties=_struct(state.outputs),
            old_inputs=_struct(state.inputs),
            timeout=state.custom_timeouts.get("delete") or 0,
        )

    async def call(self, method: str, urn: str, **fields: Any) -> Any:
        """Ask the process. Raises StepError, with what the code has raised."""
        if self._opened is None:
            self._opened = asyncio.create_task(self._open())
        stub = await asyncio.shield(self._opened)
        from grpc import StatusCode
        from grpc.aio import AioRpcError

        from .protocol import provider_pb2

        about = Urn.parse(urn)
        message = getattr(provider_pb2, f"{method}Request")(urn=urn, name=about.name, type=about.type, **fields)
        try:
            return await getattr(stub, method)(message)
        except AioRpcError as error:
            failure = StepError(_what_was_raised(error.details() or error.code().name))
            failure.uncertain = error.code() != StatusCode.UNKNOWN
            raise failure from error

    async def close(self) -> None:
        """End the process."""
        if self._channel is not None:
            await self._channel.close()
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        if self._reader is not None:
            await self._reader

    async def _open(self) -> Any:
        import grpc.aio

        from .protocol import provider_pb2, provider_pb2_grpc

        python, main = find_interpreter(self._project), self._project.main
        pipe = asyncio.subprocess.PIPE
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(python, "-u", "-c", _RUN),
                cwd=main if main.is_dir() else main.parent,
                stdin=pipe,
                stdout=pipe,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, "PULUMI_PROJECT": self._project.name},
            )
        except OSError as error:
            raise ProjectError(f"{python} cannot be started: {error}") from error
        lines: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._reader = asyncio.create_task(self._forward(lines))
        port = await lines
        self._channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
        stub: Any = provider_pb2_grpc.ResourceProviderStub(self._channel)  # type: ignore[no-untyped-call, unused-ignore]
        await stub.Configure(provider_pb2.ConfigureRequest(args=encode_struct(self._config)))
        return stub

    async def _forward(self, port: asyncio.Future[str]) -> None:
        """Take the port, which is the first number that is printed, and show all else."""
        stdout = self._process.stdout if self._process else None
        said = []
        while stdout and (line := (await stdout.readline()).decode(errors="replace")):
            if not port.done() and line.strip().isdigit():
                port.set_result(line.strip())
            else:
                said.append(line)
                self._say(line.rstrip("\n"))
        if not port.done():
            port.set_exception(StepError("the dynamic provider's process has ended:\n" + "".join(said[-5:])))


@dataclass(slots=True)
class DynamicResource(Resource):
    """One resource that the program's own code makes."""

    provider: DynamicProvider
    _deletes_first: bool = False

    async def compare(self, old: ResourceState, *, unfinished: bool) -> Verdict:
        """Ask the code; what it leaves open is decided by the inputs."""
        changes, reasons, self._deletes_first = await self.provider.difference(
            old, self.inputs, self.goal.ignore_changes
        )
        paths = tuple(map(parse_path, self.goal.replace_on_changes))
        reasons = reasons or tuple(change for change in changes if forces_new(change, paths))
        if reasons:
            return Verdict("replace", changes, reasons)
        return Verdict("update", changes, outputs=self.inputs) if changes or unfinished else Verdict("same")

    async def create(self, provisional: Properties, report: Report) -> Written:
        """Let the code create it."""
        response = await self.provider.call(
            "Create",
            self.goal.urn,
            properties=_struct(self.inputs),
            timeout=self.goal.custom_timeouts.get("create") or 0,
        )
        return Written(response.id, mark_secrets(decode_struct(response.properties), self.inputs))

    async def update(self, old: ResourceState, report: Report) -> Written:
        """Let the code update it."""
        response = await self.provider.call(
            "Update",
            self.goal.urn,
            id=old.id,
            olds=_struct(old.outputs),
            news=_struct(self.inputs),
            old_inputs=_struct(old.inputs),
            ignoreChanges=self.goal.ignore_changes,
            timeout=self.goal.custom_timeouts.get("update") or 0,
        )
        return Written(old.id, mark_secrets(decode_struct(response.properties), self.inputs))

    async def adopt(self, id_: str) -> Written:
        """Let the code read it."""
        state = ResourceState(self.goal.urn, True, self.goal.type, id=id_, inputs=self.inputs, outputs=self.inputs)
        found = await self.provider.read(state)
        if found is None:
            raise StepError(f"{self.goal.type} {self.goal.name} cannot be imported: there is none with the id {id_!r}")
        return Written(found.id, found.outputs)

    def deletes_first(self, old: ResourceState) -> bool:
        """Do as the code says."""
        return self._deletes_first


def _what_was_raised(details: str) -> str:
    """Give a stack trace as it is; but of Pulumi's RunError, as everywhere, only what it says."""
    before, _, message = details.partition(f"\n{_RUN_ERROR}: ")
    return message.strip() if message else f"its provider failed: {before.strip()}"


def _struct(properties: Properties) -> Any:
    """Write properties as the process wants them: without secret marks, and with the ids of resources."""

    def bare(leaf: Any) -> Any:
        return (leaf.urn if leaf.id is None else leaf.id) if isinstance(leaf, ResourceReference) else leaf

    return encode_struct(rebuilt(plain(properties), bare))
