"""Functions of the program that the engine calls back: transforms of resources, and hooks before and after a step.

The SDK serves them over gRPC, in the program's process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio
from google.protobuf.message import Message

from ..errors import StepError
from ..model.state import ResourceState
from ..model.urn import Urn
from ..model.wire import encode_struct
from .protocol import alias_pb2, callback_pb2, callback_pb2_grpc, resource_pb2

_RENAMED = {
    "import": "importId",
    "depends_on": "dependencies",
    "hide_diff": "hideDiffs",
    "plugin_download_url": "pluginDownloadURL",
}


def _in_registration(option: str) -> str:
    """Give the name that an option has in a registration."""
    first, *others = option.split("_")
    names = (_RENAMED.get(option, option), first + "".join(other.capitalize() for other in others))
    return next(name for name in names if name in resource_pb2.RegisterResourceRequest.DESCRIPTOR.fields_by_name)


_TRANSFORMED = {
    _in_registration(field.name): field.name for field in resource_pb2.TransformResourceOptions.DESCRIPTOR.fields
}
"""The options that a transform gets and gives: what they are called in a registration, and in its own messages."""
_MOST_RETRIES = 100


@dataclass(frozen=True, slots=True)
class _Hook:
    callback: Any
    on_dry_run: bool = False
    ignore_errors: bool = False


class Callbacks:
    """What a program has registered to be called."""

    def __init__(self, warn: Callable[[str, str], None], *, preview: bool) -> None:
        """`warn` gets a message and the URN that it is about."""
        self._warn, self._preview = warn, preview
        self._channels: dict[str, grpc.aio.Channel] = {}
        self._hooks: dict[str, _Hook] = {}
        self._transforms: dict[str, list[Any]] = {"": []}
        self._parents: dict[str, str] = {}

    async def close(self) -> None:
        """Hang up."""
        for channel in self._channels.values():
            await channel.close()

    def transform_all(self, callback: Any) -> None:
        """Have every resource that is registered from now on transformed."""
        self._transforms[""].append(callback)

    def hook(self, request: Any) -> None:
        """Take a hook, to be called where a resource names it."""
        on_dry_run, ignore_errors = getattr(request, "on_dry_run", False), getattr(request, "ignore_errors", False)
        self._hooks[request.name] = _Hook(request.callback, on_dry_run, ignore_errors)

    async def transformed(self, request: Any, urn: str) -> Any:
        """Let the resource's own transforms, then those of its parents, then those of the stack change a registration.

        Raises:
            StepError: one of them has failed.
        """
        self._transforms[urn], self._parents[urn] = list(request.transforms), request.parent
        applying, ancestor = list(request.transforms), request.parent
        while ancestor:
            applying += self._transforms.get(ancestor, [])
            ancestor = self._parents.get(ancestor, "")
        for callback in (*applying, *self._transforms[""]):
            wish = resource_pb2.TransformRequest(
                type=request.type, name=request.name, custom=request.custom, parent=request.parent
            )
            wish.properties.CopyFrom(request.object)
            _copy_options(request, wish.options, _TRANSFORMED)
            wish.options.aliases.extend(alias_pb2.Alias(urn=alias) for alias in request.aliasURNs)
            if not request.deleteBeforeReplaceDefined:
                wish.options.ClearField("delete_before_replace")
            answer = await self._call(callback, wish, resource_pb2.TransformResponse, f"a transform of {urn}")
            request = _changed(request, answer)
        return request

    async def run_hooks(
        self, kind: str, names: Iterable[str], old: ResourceState | None, new: ResourceState | None
    ) -> None:
        """Call hooks of a kind, `before_create` and so on. Raises StepError for one that failed or is not there."""
        for name in names:
            hook = self._find(name)
            if self._preview and not hook.on_dry_run:
                continue
            wish = _hook_request(resource_pb2.ResourceHookRequest, old, new)
            if new and kind.startswith("after"):
                wish.new_outputs.CopyFrom(encode_struct(new.outputs))
            answer = await self._call(hook.callback, wish, resource_pb2.ResourceHookResponse, f"the hook {name!r}")
            if answer.error:
                text = f"{kind.partition('_')[0]} hook {name!r} failed: {answer.error}"
                if not hook.ignore_errors:
                    raise StepError(text)
                self._warn(text, wish.urn)

    async def retry(
        self, names: Iterable[str], operation: str, old: ResourceState | None, new: ResourceState, errors: list[str]
    ) -> bool:
        """Ask the error hooks whether an operation is to be tried again. Raises StepError if one of them fails."""
        wanted = False
        for name in names:
            wish = _hook_request(resource_pb2.ErrorHookRequest, old, new)
            wish.failed_operation = operation
            wish.errors.extend(errors)
            answer = await self._call(
                self._find(name).callback, wish, resource_pb2.ErrorHookResponse, f"the hook {name!r}"
            )
            if answer.error:
                raise StepError(f"error hook {name!r} failed: {answer.error}")
            wanted = wanted or answer.retry
        if wanted:
            self._warn(f"retrying {operation} as an error hook asks for ({len(errors)}/{_MOST_RETRIES})", new.urn)
        return wanted and len(errors) < _MOST_RETRIES

    def _find(self, name: str) -> _Hook:
        if name not in self._hooks:
            raise StepError(
                f"the hook {name!r} was not registered by the program; to delete everything with such hooks, "
                "use `pulumi destroy --run-program`"
            )
        return self._hooks[name]

    async def _call(self, callback: Any, wish: Message, answer: Callable[[], Any], what: str) -> Any:
        if callback.target not in self._channels:
            self._channels[callback.target] = grpc.aio.insecure_channel(callback.target)
        stub: Any = callback_pb2_grpc.CallbacksStub(self._channels[callback.target])
        try:
            response = await stub.Invoke(
                callback_pb2.CallbackInvokeRequest(token=callback.token, request=wish.SerializeToString())
            )
        except grpc.aio.AioRpcError as error:
            details = error.details() or error.code().name
            raise StepError(f"{what} failed: {(details.partition(' error: ')[2] or details).strip()}") from error
        message = answer()
        message.ParseFromString(response.response)
        return message


def _changed(request: Any, answer: Any) -> Any:
    changed: Any = resource_pb2.RegisterResourceRequest()
    changed.CopyFrom(request)
    if answer.HasField("properties"):
        changed.object.CopyFrom(answer.properties)
    if answer.HasField("options"):
        for name in (*_TRANSFORMED, "aliasURNs"):
            changed.ClearField(name)
        _copy_options(answer.options, changed, {theirs: ours for ours, theirs in _TRANSFORMED.items()})
        changed.deleteBeforeReplaceDefined = answer.options.HasField("delete_before_replace")
    return changed


def _copy_options(source: Any, target: Any, names: dict[str, str]) -> None:
    for field, value in source.ListFields():
        name = names.get(field.name)
        if name is None:
            continue
        if field.message_type and field.message_type.GetOptions().map_entry:
            getattr(target, name).update(value)
        elif hasattr(value, "extend"):
            getattr(target, name).extend(value)
        elif isinstance(value, Message):
            getattr(target, name).CopyFrom(value)
        else:
            setattr(target, name, value)


def _hook_request(kind: Callable[..., Any], old: ResourceState | None, new: ResourceState | None) -> Any:
    state = new or old
    if state is None:
        raise AssertionError("a hook is about a resource")
    request = kind(urn=state.urn, id=state.id, name=state.name, type=Urn.parse(state.urn).type)
    if new:
        request.new_inputs.CopyFrom(encode_struct(new.inputs))
    if old:
        request.old_inputs.CopyFrom(encode_struct(old.inputs))
        request.old_outputs.CopyFrom(encode_struct(old.outputs))
    return request
