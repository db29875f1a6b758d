"""What a program wants of one resource: a RegisterResource request, read into terms of the engine.

No option is dropped in silence. What the engine does not honour is refused here, by name, before anything is done for
the resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from ..errors import StepError, UnsupportedError
from .paths import parse_path
from .state import ResourceState
from .urn import Urn, make_urn
from .wire import decode_struct, decode_value

if TYPE_CHECKING:
    from pulumi.runtime.proto.alias_pb2 import Alias
    from pulumi.runtime.proto.resource_pb2 import ReadResourceRequest, RegisterResourceRequest

_REFUSED = {
    "remote": "a component of another package (remote)",
    "state_migrations": "the resource option state_migrations",
    "envVarMappings": "the resource option env_var_mappings",
    "packageRef": "a parameterized package",
    "pluginDownloadURL": "the resource option plugin_download_url",
}
HOOKS = {
    f"{moment.lower()}_{operation.lower()}": f"{moment}{operation}"
    for moment in ("Before", "After")
    for operation in ("Create", "Update", "Delete")
} | {"on_error": "OnError"}
"""The kinds of hooks, as they are called in a registration and in the state."""
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True, slots=True)
class Goal(ResourceState):
    """A wanted resource: the state that it is to have, as far as the program says.

    Attributes:
        version: of the provider.
        delete_before_replace: None leaves it to the provider.
        aliases: URNs under which the state may know it.
    """

    version: str = ""
    delete_before_replace: bool | None = None
    aliases: tuple[str, ...] = ()

    def state(self, **more: Any) -> ResourceState:
        """Give the state with some of its fields settled."""
        return ResourceState(**{item.name: getattr(self, item.name) for item in fields(ResourceState)} | more)


def read_goal(request: RegisterResourceRequest, stack: str, project: str, former: Mapping[str, str]) -> Goal:
    """Read a request. `former` has the former URNs of what was registered under an alias before.

    Raises:
        UnsupportedError: it sets an option that is not honoured.
        StepError: an option has a wrong value.
    """
    label = f"{request.type} {request.name!r}"
    for name, what in _REFUSED.items():
        if getattr(request, name, None):
            raise UnsupportedError(f"{label}: {what}")
    return Goal(
        type=request.type,
        parent=request.parent,
        custom=request.custom,
        inputs=decode_struct(request.object),
        urn=make_urn(stack, project, request.parent, request.type, request.name),
        provider=request.provider,
        version=request.version,
        dependencies=sorted(request.dependencies),
        property_dependencies={key: sorted(value.urns) for key, value in sorted(request.propertyDependencies.items())},
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        ignore_changes=_paths(request.ignoreChanges, f"{label}: ignore_changes"),
        additional_secret_outputs=list(request.additionalSecretOutputs),
        custom_timeouts=_timeouts(request, label),
        import_id=request.importId,
        deleted_with=request.deletedWith,
        hide_diff=_paths(request.hideDiffs, f"{label}: hide_diffs"),
        replace_on_changes=_paths(request.replaceOnChanges, f"{label}: replace_on_changes"),
        replace_with=sorted(request.replace_with),
        replacement_trigger=decode_value(request.replacement_trigger),
        resource_hooks={HOOKS[kind.name]: list(names) for kind, names in request.hooks.ListFields()},
        aliases=_aliases(request, stack, project, former),
    )


def inherit(request: RegisterResourceRequest, parent: ResourceState) -> None:
    """Let a request have what it leaves open from its parent, of what the SDK leaves to the engine."""
    if not request.HasField("protect") and parent.protect:
        request.protect = True
    if not request.HasField("retainOnDelete") and parent.retain_on_delete:
        request.retainOnDelete = True
    request.deletedWith = request.deletedWith or parent.deleted_with


def read_wish(request: ReadResourceRequest, stack: str, project: str) -> Goal:
    """Read a request to read what is none of the stack's."""
    return Goal(
        id=request.id,
        external=True,
        type=request.type,
        parent=request.parent,
        custom=True,
        inputs=decode_struct(request.properties),
        urn=make_urn(stack, project, request.parent, request.type, request.name),
        provider=request.provider,
        version=request.version,
        dependencies=sorted(request.dependencies),
        additional_secret_outputs=list(request.additionalSecretOutputs),
    )


def parse_duration(text: str) -> float:
    """Give the seconds of a Go duration such as `1h30m`. Raises ValueError."""
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text!r} is not a duration such as 90s, 5m or 1h30m")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def _paths(texts: Iterable[str], option: str) -> list[str]:
    for text in texts:
        try:
            parse_path(text)
        except StepError as error:
            raise StepError(f"{option}: {error}") from error
    return list(texts)


def _timeouts(request: RegisterResourceRequest, label: str) -> dict[str, float]:
    timeouts = {}
    for key in ("create", "update", "delete"):
        if text := getattr(request.customTimeouts, key):
            try:
                seconds = parse_duration(text)
            except ValueError as error:
                raise StepError(f"{label}: custom_timeouts.{key}: {error}") from error
            timeouts[key] = int(seconds) if seconds.is_integer() else seconds
    return timeouts


def _aliases(request: RegisterResourceRequest, stack: str, project: str, former: Mapping[str, str]) -> tuple[str, ...]:
    """Give the URNs that the program names, then those that follow from a former one of the parent."""
    named = [*request.aliasURNs, *(_alias_urn(alias, request, stack, project, former) for alias in request.aliases)]
    if request.parent not in former:
        return tuple(named)
    present, past = Urn.parse(request.parent), former[request.parent]

    def inherited(urn: str) -> str:
        own = Urn.parse(urn)
        # Most components name their children after themselves.
        rest = own.name.removeprefix(present.name)
        name = own.name if rest == own.name else Urn.parse(past).name + rest
        return make_urn(stack, project, past, own.type, name)

    itself = make_urn(stack, project, request.parent, request.type, request.name)
    return (*named, *map(inherited, (itself, *named)))


def _alias_urn(
    alias: Alias, request: RegisterResourceRequest, stack: str, project: str, former: Mapping[str, str]
) -> str:
    if alias.WhichOneof("alias") == "urn":
        return alias.urn
    spec = alias.spec
    parent = "" if spec.noParent else former.get(spec.parentUrn, spec.parentUrn) or request.parent
    return make_urn(
        spec.stack or stack, spec.project or project, parent, spec.type or request.type, spec.name or request.name
    )
