"""Runs a piece of a Pulumi program in this process and keeps every registration as it went over the wire.

Pulumi's mocks show only types, names and inputs. What decides about a later change, namely dependencies and
property dependencies, is in the requests.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks, proto, settings

from flink_session.testing import SessionMocks


class _RecordingMonitor(mocks.MockMonitor):
    def __init__(self) -> None:
        super().__init__(SessionMocks())
        self.requests: list[proto.resource_pb2.RegisterResourceRequest] = []

    def RegisterResource(self, request: proto.resource_pb2.RegisterResourceRequest) -> Any:  # noqa: N802
        self.requests.append(request)
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


class _RecordingEngine:
    def __init__(self) -> None:
        self.messages: list[str] = []

    def Log(self, request: proto.engine_pb2.LogRequest) -> None:  # noqa: N802
        if request.severity >= proto.engine_pb2.WARNING:
            self.messages.append(request.message)


@dataclass
class Recording:
    """What a program registered.

    Attributes:
        requests: Registrations by Pulumi name, the stack's own left out.
        outputs: Whatever the program put in, resolved.
        warnings: Messages of level warning and above.
    """

    requests: dict[str, proto.resource_pb2.RegisterResourceRequest]
    outputs: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def inputs(self, name: str) -> dict[str, Any]:
        """The inputs of one registration as JSON values."""
        return dict(json_format.MessageToDict(self.requests[name].object))

    def names(self, type_token: str) -> set[str]:
        """Names of what was registered with this type."""
        return {name for name, request in self.requests.items() if request.type == type_token}

    def dependencies(self, name: str) -> set[str]:
        """Names of the resources that ``name`` waits for."""
        return {urn.rpartition("::")[2] for urn in self.requests[name].dependencies}

    def property_dependencies(self, name: str) -> dict[str, set[str]]:
        """By property, the names of the resources whose Outputs it holds."""
        return {
            key: {urn.rpartition("::")[2] for urn in value.urns}
            for key, value in self.requests[name].propertyDependencies.items()
        }


def record(program: Callable[[], Mapping[str, Any] | None], *, preview: bool = False) -> Recording:
    """Run ``program``, which may return Outputs under names of its own."""
    asyncio.set_event_loop(asyncio.new_event_loop())
    settings.reset_options()
    monitor = _RecordingMonitor()
    mocks.set_mocks(monitor.mocks, project="test", stack="unit", preview=preview, monitor=monitor)
    engine = _RecordingEngine()
    settings.SETTINGS.engine = engine
    outputs: dict[str, Any] = {}

    @mocks.test  # type: ignore[untyped-decorator]
    def run() -> "pulumi.Output[None]":
        returned = program() or {}
        return pulumi.Output.from_input(dict(returned)).apply(outputs.update)

    run()
    requests = {request.name: request for request in monitor.requests if request.type != "pulumi:pulumi:Stack"}
    return Recording(requests, outputs, engine.messages)
