"""The provider plugin in a process of its own, and as much of an engine as it needs to construct a component.

What a program in another language writes reaches the plugin as the engine passes it on: every number a float, secrets
and Outputs with their signatures, unknown values as such. The engine here answers each registration with its inputs.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    provider_pb2,
    provider_pb2_grpc,
    resource_pb2,
    resource_pb2_grpc,
)

from tests.support.project import ROOT

PLUGIN = ROOT / "plugin"
TOKEN = "flink-session:index:FlinkSessionCluster"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
OTHER = "urn:pulumi:dev::program::kubernetes:core/v1:Namespace::other"
"""A resource of the program that the component is in."""


def secret(value: Any) -> dict[str, Any]:
    """A secret as it goes over the wire."""
    return {SIGNATURE: SECRET, "value": value}


def output(value: Any = None, **more: Any) -> dict[str, Any]:
    """An Output of another resource, unknown without a value."""
    return {
        SIGNATURE: OUTPUT,
        **({} if value is None else {"value": value}),
        "secret": False,
        "dependencies": [OTHER],
        **more,
    }


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Keeps the registrations by name."""

    def __init__(self) -> None:
        self.requests: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        features = resource_pb2.ResourceMonitorFeature.values()
        return resource_pb2.DeploymentInfo(supportedFeatures=features)

    def RegisterResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.requests[request.name] = request
        chain = f"{request.parent.split('::')[2]}$" if request.parent else ""
        urn = f"urn:pulumi:dev::program::{chain}{request.type}::{request.name}"
        done = {"urn": urn, "object": request.object}
        return resource_pb2.RegisterResourceResponse(id=f"{request.name}-id" if request.custom else "", **done)

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.outputs[request.urn] = json_format.MessageToDict(request.outputs)
        return empty_pb2.Empty()

    def inputs(self, name: str) -> dict[str, Any]:
        """The inputs of one registration as JSON values."""
        return dict(json_format.MessageToDict(self.requests[name].object))


class _Engine(engine_pb2_grpc.EngineServicer):
    def __init__(self, said: list[str]) -> None:
        self._said = said

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802
        if request.severity >= engine_pb2.WARNING:
            self._said.append(request.message)
        return empty_pb2.Empty()


@dataclass
class Host:
    """The plugin that runs; `said` is what it warned of or more, `dependencies` what the last outputs depend on."""

    stub: provider_pb2_grpc.ResourceProviderStub
    listen: Callable[[], str]
    said: list[str]
    monitor: Monitor = field(default_factory=Monitor)
    dependencies: dict[str, list[str]] = field(default_factory=dict)

    def construct(
        self, inputs: Mapping[str, Any], *, preview: bool = False, program: str = "", name: str = "demo", **options: Any
    ) -> dict[str, Any]:
        """Construct a component, and return its outputs as they go over the wire.

        It is in a program of its own, unless told the address at which a program's engine listens.
        """
        struct = struct_pb2.Struct()
        struct.update({"clusterId": "demo", **inputs})
        request = provider_pb2.ConstructRequest(
            project="program",
            stack="dev",
            organization="organization",
            dryRun=preview,
            monitorEndpoint=program or self.listen(),
            type=TOKEN,
            name=name,
            inputs=struct,
            **options,
        )
        self.monitor.requests.clear()
        self.said.clear()
        response = self.stub.Construct(request)
        self.dependencies = {name: list(of.urns) for name, of in response.stateDependencies.items()}
        return dict(json_format.MessageToDict(response.state))


@contextmanager
def running() -> Iterator[Host]:
    """Start the plugin as an engine does, and end it."""
    monitor, said, servers = Monitor(), list[str](), list[grpc.Server]()

    def listen() -> str:
        server = grpc.server(ThreadPoolExecutor(8))
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
        engine_pb2_grpc.add_EngineServicer_to_server(_Engine(said), server)
        address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        server.start()
        servers.append(server)
        return address

    process = subprocess.Popen([sys.executable, str(PLUGIN), listen()], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
            yield Host(provider_pb2_grpc.ResourceProviderStub(channel), listen, said, monitor)
    finally:
        process.terminate()
        process.wait(20)
        for server in servers:
            server.stop(None)
