"""Serves the component to programs in other languages, as a provider plugin of Pulumi's engine.

The SDK's own host infers the schema from the component. What it makes of a caller's arguments loses some of them: an
argument that the schema does not know, a group of arguments that is an Output as a whole, an integer that is one. So
here the arguments reach the component as they came; it knows their names in camelCase, and says what is wrong itself.
"""

import asyncio
import json
import sys
from importlib.metadata import version
from typing import Any, Optional

import grpc
import grpc.aio
import pulumi
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.analyzer import ComponentDefinition
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError, ProviderServicer
from pulumi.runtime.proto import provider_pb2_grpc

from flink_session.component.flink_session_cluster import FlinkSessionCluster
from flink_session.component.known import whole_numbers
from flink_session.component.program import belongs_to

PACKAGE = "flink-session"
"""Name of the package in Pulumi: what type tokens begin with."""

_LARGEST_MESSAGE = 400 * 1024 * 1024
"""Bytes that an engine may send at once, as to the SDK's own host."""


class FlinkSessionProvider(ComponentProvider):
    """The provider plugin ``flink-session``."""

    def __init__(self) -> None:
        super().__init__([FlinkSessionCluster], PACKAGE, version=version(PACKAGE))

    def map_inputs(self, inputs: Any, component_def: ComponentDefinition) -> Any:
        """Hand on every argument as it came, but for numbers: over the wire, each is a float."""
        del component_def
        return whole_numbers(inputs, plain=True)

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: Any,
        options: Optional[pulumi.ResourceOptions] = None,  # noqa: UP045 - as the overridden one
    ) -> ConstructResult:
        """Construct the component.

        Raises:
            pulumi.RunError: With all that is wrong with the arguments.
        """
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if isinstance(error.inner, pulumi.RunError):
                raise error.inner from None
            raise


class _Servicer(ProviderServicer):
    """Tells the engine what is wrong with arguments in words alone.

    Without values, too, which an engine prints beside the names of properties.
    """

    async def Construct(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        belongs_to(request.monitorEndpoint)
        try:
            return await super().Construct(request, context)
        except pulumi.RunError as error:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))


def schema() -> dict[str, Any]:
    """The schema of the package, from which Pulumi generates SDKs in other languages."""
    return dict(json.loads(FlinkSessionProvider().schema or "{}"))


def serve() -> None:
    """Serve the component to the engine whose address is this process' first argument, until it ends the process."""
    asyncio.run(_serve(sys.argv[1]))


async def _serve(engine: str) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_say_nothing_of_what_the_caller_hears)
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", _LARGEST_MESSAGE)])
    servicer = _Servicer(FlinkSessionProvider(), sys.argv[1:], engine)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)  # noqa: T201 - the engine reads it
    await server.wait_for_termination()


def _say_nothing_of_what_the_caller_hears(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Leave out the stack traces of children that are not made because the arguments are wrong."""
    if not isinstance(context.get("exception"), pulumi.RunError):
        loop.default_exception_handler(context)
