"""Runs a Pulumi program without an engine, and keeps what it registered.

Pulumi's own mocks need an event loop, a reset and an answer to each registration, and hand out numbers as floats and
secrets with their signatures. Here the answers are what a cluster would give, so that Outputs resolve: a Service has
its node ports and its ingress, a Deployment is available. What an engine does is not done: nothing is compared with a
state, transforms and hooks do not run, an API server does not look at the objects.
"""

import asyncio
import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from pulumi.runtime import mocks, proto, settings, stack
from pulumi.runtime.config import set_all_config

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - it only says that a secret follows
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_STACK = "pulumi:pulumi:Stack"


class SessionMocks(mocks.Mocks):
    """Answers a registration with its inputs, and what a cluster adds to them.

    Args:
        ingress: address that every Service of the type LoadBalancer has.
        node_port: port that every port of a NodePort Service has where none is asked for.
    """

    def __init__(self, *, ingress: str = "203.0.113.7", node_port: int = 30081) -> None:
        self.ingress, self.node_port = ingress, node_port

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Answer one registration; overridden ones may call this one."""
        outputs = dict(args.inputs)
        metadata = outputs.get("metadata")
        if args.typ.startswith("kubernetes:") and isinstance(metadata, Mapping):
            outputs["metadata"] = {"name": args.name, "namespace": "default", **metadata}
        spec = outputs.get("spec")
        if args.typ == "kubernetes:core/v1:Service":
            outputs["status"] = {"loadBalancer": {"ingress": [{"ip": self.ingress}]}}
            if isinstance(spec, Mapping) and spec.get("type") == "NodePort":
                ports = [{"nodePort": self.node_port, **port} for port in spec["ports"]]
                outputs["spec"] = {**spec, "ports": ports}
        elif args.typ == "kubernetes:apps/v1:Deployment" and isinstance(spec, Mapping):
            replicas = spec.get("replicas", 1)
            condition = {"type": "Available", "status": "True"}
            counts = dict.fromkeys(("replicas", "readyReplicas", "availableReplicas"), replicas)
            outputs["status"] = {**counts, "conditions": [condition]}
        elif args.typ == "kubernetes:core/v1:Namespace":
            outputs["status"] = {"phase": "Active"}
        return f"{args.name}-id", outputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        """Refuse calls of functions of providers: which answer would be right, only the test knows."""
        raise AssertionError(f"the program calls {args.token}: override `call` of SessionMocks to answer it")


@dataclass(frozen=True)
class Registered:
    """A resource as the program registered it.

    Attributes:
        type: its type token, as ``kubernetes:core/v1:Service``.
        name: its name in the program.
        inputs: its inputs as plain values; a secret is ``[secret]``, what a preview does not know ``[unknown]``.
        depends_on: the names of the resources that it waits for.
        request: all of it, as it went over the wire.
    """

    type: str
    name: str
    inputs: dict[str, Any]
    depends_on: frozenset[str]
    request: proto.resource_pb2.RegisterResourceRequest


@dataclass
class Ran:
    """What a program did.

    Attributes:
        resources: what it registered, in that order.
        outputs: what it exported, as plain values.
        warnings: what it logged as a warning or an error.
    """

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> Registered:
        """The resource of this name.

        Raises:
            KeyError: there is none, or there are several; names them all.
        """
        found = [resource for resource in self.resources if resource.name == name]
        if len(found) != 1:
            names = ", ".join(f"{resource.name} ({resource.type})" for resource in self.resources)
            raise KeyError(f"{len(found)} resources are called {name!r}; there are {names or 'none at all'}")
        return found[0]

    def of_type(self, type_token: str) -> list[Registered]:
        """The resources of a type."""
        return [resource for resource in self.resources if resource.type == type_token]

    @property
    def manifests(self) -> list[dict[str, Any]]:
        """The Kubernetes objects that it registered."""
        return [resource.inputs for resource in self.resources if resource.type.startswith("kubernetes:")]


def run(
    program: Callable[[], object] | Path | str,
    *,
    config: Mapping[str, str] | None = None,
    preview: bool = False,
    project: str = "project",
    stack_name: str = "test",
    answers: mocks.Mocks | None = None,
) -> Ran:
    """Run a program to its end.

    Args:
        program: a function that makes resources, or the path of a ``__main__.py``.
        config: the stack's configuration by full keys, as ``project:key``.
        preview: whether it runs as in a preview.
        project: name of the project.
        stack_name: name of the stack.
        answers: what answers registrations; :class:`SessionMocks` unless given.

    Raises:
        pulumi.RunError: what the program is refused for, as by an engine. Other errors of the program pass as they are.
    """
    function = program if callable(program) else lambda: runpy.run_path(str(program), run_name="__main__")
    asyncio.set_event_loop(loop := asyncio.new_event_loop())
    settings.reset_options()
    ran = Ran()
    monitor = _Monitor(answers or SessionMocks(), ran)
    mocks.set_mocks(monitor.mocks, project=project, stack=stack_name, preview=preview, monitor=monitor)
    settings.SETTINGS.engine = _Engine(ran.warnings)
    settings.set_root_resource(None)  # type: ignore[arg-type] # nothing is left of a run before
    set_all_config(dict(config or {}))
    try:
        loop.run_until_complete(stack.run_in_stack(lambda: _only_resources(function)))
    finally:
        set_all_config({})
    return ran


def _only_resources(function: Callable[[], object]) -> None:
    function()


class _Monitor(mocks.MockMonitor):
    """Keeps registrations, and what the stack exports."""

    def __init__(self, answers: mocks.Mocks, ran: Ran) -> None:
        super().__init__(answers)
        self._ran = ran

    def RegisterResource(self, request: proto.resource_pb2.RegisterResourceRequest) -> Any:  # noqa: N802 - gRPC's name
        if request.type != _STACK:
            inputs = _plain(json_format.MessageToDict(request.object))
            depends_on = frozenset(urn.rpartition("::")[2] for urn in request.dependencies)
            self._ran.resources.append(Registered(request.type, request.name, inputs, depends_on, request))
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]

    def RegisterResourceOutputs(self, request: proto.resource_pb2.RegisterResourceOutputsRequest) -> Any:  # noqa: N802
        if f"::{_STACK}::" in request.urn:
            self._ran.outputs.update(_plain(json_format.MessageToDict(request.outputs)))
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]


class _Engine:
    def __init__(self, warnings: list[str]) -> None:
        self._warnings = warnings

    def Log(self, request: proto.engine_pb2.LogRequest) -> None:  # noqa: N802
        if request.severity >= proto.engine_pb2.WARNING:
            self._warnings.append(request.message)


def _plain(value: Any) -> Any:
    """Read a value off the wire: whole numbers are integers, and no secret is kept."""
    if isinstance(value, Mapping):
        if value.get(_SIGNATURE) == _SECRET:
            return "[secret]"
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if value == _UNKNOWN:
        return "[unknown]"
    return int(value) if isinstance(value, float) and value.is_integer() else value
