"""The two gRPC services that the Pulumi SDK talks to, on an address of this machine: ResourceMonitor and Engine.

A feature is advertised when the engine honours it. A request for another one is answered with a sentence that says so.
"""

# ruff: noqa: N802 (the methods have the names of the RPCs)

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
import grpc.aio
from google.protobuf import empty_pb2

from flink_session.errors import UserError

from ..display.display import Display
from ..errors import UnsupportedError
from ..model.goal import inherit, read_goal, read_wish
from ..model.urn import make_urn
from ..model.wire import decode_struct, encode_struct
from ..program.protocol import engine_pb2, engine_pb2_grpc, provider_pb2, resource_pb2, resource_pb2_grpc
from ..stack.project import StackConfig
from .deployment import Deployment, Halted

ORGANIZATION = "organization"

_FEATURES = {
    "secrets": resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    "resourceReferences": resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    "aliasSpecs": resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    "deletedWith": resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    "replaceWith": resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    "replacementTrigger": resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    "transforms": resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    "resourceHooks": resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    "errorHooks": resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
}
_OPTIONS = [("grpc.max_receive_message_length", 400 * 2**20), ("grpc.max_send_message_length", 400 * 2**20)]

Context = Any
"""grpc.aio.ServicerContext; grpcio brings no types."""


class Monitor(resource_pb2_grpc.ResourceMonitorServicer):
    """Turns the program's requests into steps of a deployment."""

    def __init__(self, deployment: Deployment, display: Display, project: str, stack: str, config: StackConfig) -> None:
        self._deployment, self._display = deployment, display
        self._project, self._stack, self._config = project, stack, config
        self.succeeded = False
        """Whether the program has reached its end."""
        self._work: set[asyncio.Task[Any]] = set()

    async def drain(self) -> None:
        """Wait for all that the program has asked for, whether it still listens or not."""
        while self._work:
            await asyncio.wait(self._work)

    def abandon(self) -> None:
        """Stop working on what is still under way."""
        for task in self._work:
            task.cancel()

    async def GetDeploymentInfo(self, request: Any, context: Context) -> resource_pb2.DeploymentInfo:
        """Say which stack this is and what can be asked for."""
        return resource_pb2.DeploymentInfo(
            project=self._project,
            stack=self._stack,
            organization=ORGANIZATION,
            config=self._config.values,
            configSecretKeys=sorted(self._config.secret_keys),
            dryRun=self._deployment.preview,
            parallel=self._deployment.parallel,
            supportedFeatures=list(_FEATURES.values()),
        )

    async def SupportsFeature(self, request: Any, context: Context) -> resource_pb2.SupportsFeatureResponse:
        """Answer older SDKs, which ask for one feature at a time."""
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _FEATURES)

    async def RegisterResource(self, request: Any, context: Context) -> resource_pb2.RegisterResourceResponse:
        """Bring a resource to its goal."""
        state = await self._answer(context, lambda: self._register(request))
        # A component's outputs are its own to give; its registration returns none.
        outputs = state.outputs if state.custom else {}
        return resource_pb2.RegisterResourceResponse(urn=state.urn, id=state.id, object=encode_struct(outputs))

    async def RegisterResourceOutputs(self, request: Any, context: Context) -> empty_pb2.Empty:
        """Take a component's outputs."""
        await self._answer(
            context, lambda: self._deployment.register_outputs(request.urn, decode_struct(request.outputs))
        )
        return empty_pb2.Empty()

    async def Invoke(self, request: Any, context: Context) -> Any:
        """Answer `getResource`, which the SDK asks when it meets a resource reference; refuse all other functions."""
        if request.tok == "pulumi:pulumi:getResource":
            urn = str(decode_struct(request.args).get("urn"))
            state = self._deployment.journal.new(urn)
            if state is not None:
                answer = {"return": encode_struct({"urn": state.urn, "id": state.id, "state": state.outputs})}
                return provider_pb2.InvokeResponse(**answer)  # type: ignore[arg-type]
        return await self._refuse(context, f"the function {request.tok}")

    async def ReadResource(self, request: Any, context: Context) -> resource_pb2.ReadResourceResponse:
        """Read what this program does not manage: `.get`, and stack references."""
        state = await self._answer(context, lambda: self._read(request))
        return resource_pb2.ReadResourceResponse(urn=state.urn, properties=encode_struct(state.outputs))

    async def Call(self, request: Any, context: Context) -> Any:
        """Refuse methods of remote components."""
        return await self._refuse(context, f"the method {request.tok}")

    async def RegisterPackage(self, request: Any, context: Context) -> Any:
        """Refuse parameterized packages."""
        return await self._refuse(context, f"the parameterized package {request.name}")

    async def RegisterStackTransform(self, request: Any, context: Context) -> empty_pb2.Empty:
        """Take a function that may change every resource."""
        self._deployment.callbacks.transform_all(request)
        return empty_pb2.Empty()

    async def RegisterResourceHook(self, request: Any, context: Context) -> empty_pb2.Empty:
        """Take a function that resources may want to be called around their steps."""
        self._deployment.callbacks.hook(request)
        return empty_pb2.Empty()

    RegisterErrorHook = RegisterResourceHook

    async def RegisterStackInvokeTransform(self, request: Any, context: Context) -> Any:
        """Refuse transforms of function calls."""
        return await self._refuse(context, "a stack invoke transform")

    async def SignalAndWaitForShutdown(self, request: Any, context: Context) -> empty_pb2.Empty:
        """The program has reached its end: finish the deployment before it is let go."""
        self.succeeded = True
        await self._answer(context, lambda: self._deployment.finish(succeeded=True))
        return empty_pb2.Empty()

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._work.discard(task)
        if not task.cancelled():
            task.exception()  # where the program has hung up, nobody else takes it, and it has been told

    async def _read(self, request: Any) -> Any:
        return await self._deployment.read(read_wish(request, self._stack, self._project))

    async def _register(self, request: Any) -> Any:
        try:
            if (parent := self._deployment.journal.new(request.parent)) is not None:
                inherit(request, parent)
            urn = make_urn(self._stack, self._project, request.parent, request.type, request.name)
            request = await self._deployment.callbacks.transformed(request, urn)
            goal = read_goal(request, self._stack, self._project, self._deployment.former_urns)
        except UserError as error:
            self._deployment.fail(str(error))
            raise Halted from error
        return await self._deployment.register(goal)

    async def _answer(self, context: Context, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do work for the program, to its end even if the program hangs up.

        When the deployment has halted, the program hears what it hears from an engine that is gone.
        """
        task = asyncio.ensure_future(work())
        self._work.add(task)
        task.add_done_callback(self._done)
        try:
            return await asyncio.shield(task)
        except Halted:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the deployment has ended")
        except asyncio.CancelledError:
            raise
        except UserError as error:
            self._deployment.fail(str(error))
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the deployment has ended")

    async def _refuse(self, context: Context, what: str) -> Any:
        self._deployment.fail(str(UnsupportedError(what)))
        await context.abort(grpc.StatusCode.UNAVAILABLE, "the deployment has ended")


class EngineService(engine_pb2_grpc.EngineServicer):
    """Takes what the program logs."""

    def __init__(self, deployment: Deployment, display: Display) -> None:
        self._deployment, self._display = deployment, display
        self._root = ""

    async def Log(self, request: Any, context: Context) -> empty_pb2.Empty:
        """Show a message. Errors after a failure or an interruption only follow from it; debug ones are for nobody."""
        if request.severity == engine_pb2.ERROR:
            if not (self._deployment.failed or self._deployment.halted):
                self._deployment.fail(request.message, request.urn)
        elif request.severity != engine_pb2.DEBUG:
            severity = "warning" if request.severity == engine_pb2.WARNING else "info"
            self._display.message(request.message, severity, request.urn)
        return empty_pb2.Empty()

    async def GetRootResource(self, request: Any, context: Context) -> engine_pb2.GetRootResourceResponse:
        """Give the stack resource's URN."""
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    async def SetRootResource(self, request: Any, context: Context) -> engine_pb2.SetRootResourceResponse:
        """Take the stack resource's URN."""
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    async def RequirePulumiVersion(self, request: Any, context: Context) -> Any:
        """Refuse: the engine has no Pulumi version of its own to compare."""
        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(UnsupportedError("require_pulumi_version")))


async def serve(monitor: Monitor, engine: EngineService) -> tuple[grpc.aio.Server, str]:
    """Serve both on a free port of the loopback interface; gives the server and its address."""
    server = grpc.aio.server(options=_OPTIONS)
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, f"127.0.0.1:{port}"
