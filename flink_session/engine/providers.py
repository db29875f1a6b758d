"""Provider resources: which cluster a resource is in, by the stack's default provider or one of the program's own."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from .errors import StepError, UnsupportedError
from .goal import Goal
from .journal import Journal, now_text
from .kinds import is_object
from .kubeconfig import ClusterChoice
from .provider import KubernetesProvider
from .state import ResourceState
from .urn import PROVIDER_TYPE_PREFIX, make_urn, split_provider_reference
from .values import UNKNOWN, plain
from .wire import UNKNOWN_TEXT

PROVIDER_TYPE = f"{PROVIDER_TYPE_PREFIX}kubernetes"
OPTIONS = ("kubeconfig", "context", "namespace")
_OWN_KEYS = {"version", "__internal"}

Connect = Callable[[ClusterChoice], Awaitable[KubernetesProvider]]


def is_default_provider(state: ResourceState) -> bool:
    """Say whether the engine made a provider, and not the program: such a one is neither shown nor counted."""
    return state.type == PROVIDER_TYPE and (state.name == "default" or state.name.startswith("default_"))


class Providers:
    """The providers of one stack. Clusters are connected to once each, when first needed."""

    def __init__(
        self, stack: str, project: str, config: dict[str, Any], default_version: str, journal: Journal, connect: Connect
    ) -> None:
        """Args: `config` holds the stack's `kubernetes:` settings; `connect` raises ClusterError.

        Raises:
            UnsupportedError: a `kubernetes:` setting is not honoured.
        """
        for key in config:
            if key not in OPTIONS:
                raise UnsupportedError(f"the configuration key kubernetes:{key} (honoured are {', '.join(OPTIONS)})")
        self._stack, self._project, self._config = stack, project, config
        self._default_version, self._journal, self._connect = default_version, journal, connect
        self._clusters: dict[ClusterChoice, asyncio.Future[KubernetesProvider]] = {}

    async def of_goal(self, goal: Goal) -> tuple[str, KubernetesProvider]:
        """Give a wanted resource's provider and the reference to it."""
        if not goal.provider:
            default = self._default(goal.version or self._default_version)
            return f"{default.urn}::{default.id}", await self._cluster(default.inputs)
        urn, _ = split_provider_reference(goal.provider)
        state = self._journal.new(urn)
        if state is None:
            raise StepError(f"{goal.urn}: its provider {urn} is not part of this program")
        return f"{urn}::{state.id}", await self._cluster(state.inputs)

    async def of_state(self, state: ResourceState) -> KubernetesProvider:
        """Give the provider of a recorded resource."""
        urn, id_ = split_provider_reference(state.provider)
        for candidate in self._journal.resources:
            if candidate.urn == urn and candidate.id == id_:
                return await self._cluster(candidate.inputs)
        raise StepError(f"{state.urn}: its provider {urn} is not in the state")

    def knows(self, token: str) -> bool:
        """Say whether a type is one that something can be done with."""
        return is_object(token)

    async def warm_up(self) -> None:
        """Connect to the cluster of the default provider. Raises ClusterError."""
        await self._cluster(self._config)

    def register(self, goal: Goal, old: ResourceState | None) -> ResourceState:
        """Settle an explicit provider resource, `pulumi:providers:kubernetes`. Raises UnsupportedError."""
        if goal.type != PROVIDER_TYPE:
            raise UnsupportedError(f"the provider {goal.type.removeprefix(PROVIDER_TYPE_PREFIX)} ({goal.urn})")
        if others := sorted(key for key in goal.inputs if key not in OPTIONS and key not in _OWN_KEYS):
            raise UnsupportedError(f"{goal.type} {goal.name!r}: the provider option {', '.join(others)}")
        inputs = dict(goal.inputs)
        if goal.version:
            inputs["version"] = goal.version
        return replace(
            self._state(goal.urn, inputs, old),
            parent=goal.parent,
            dependencies=goal.dependencies,
            property_dependencies=goal.property_dependencies,
            protect=goal.protect,
        )

    def _default(self, version: str) -> ResourceState:
        name = "default_" + version.replace(".", "_").replace("-", "_").replace("+", "_") if version else "default"
        urn = make_urn(self._stack, self._project, "", PROVIDER_TYPE, name)
        if (known := self._journal.new(urn)) is not None:
            return known
        old = self._journal.old(urn)
        state = self._state(urn, {**self._config, **({"version": version} if version else {})}, old)
        self._journal.keep(state, old, changed=state is not old)
        return state

    def _state(self, urn: str, inputs: dict[str, Any], old: ResourceState | None) -> ResourceState:
        recorded = {**inputs, "__internal": {}}
        if old is None:
            now = now_text()
            state = ResourceState(
                urn=urn, custom=True, type=PROVIDER_TYPE, id=str(uuid.uuid4()), created=now, modified=now
            )
        elif recorded == old.inputs:
            return old
        elif any(plain(recorded.get(key)) != plain(old.inputs.get(key)) for key in ("kubeconfig", "context")):
            raise UnsupportedError(
                f"moving a stack to another cluster (the provider {urn} has another kubeconfig or context than before)"
            )
        else:
            state = replace(old, modified=now_text())
        return replace(state, inputs=recorded, outputs=inputs)

    async def _cluster(self, inputs: dict[str, Any]) -> KubernetesProvider:
        chosen = {key: plain(inputs.get(key)) or "" for key in OPTIONS}
        if any(value is UNKNOWN or value == UNKNOWN_TEXT for value in chosen.values()):
            raise UnsupportedError(
                "a Kubernetes provider whose kubeconfig, context or namespace is only known after `up`"
            )
        choice = ClusterChoice(**chosen)
        if choice not in self._clusters:
            self._clusters[choice] = asyncio.ensure_future(self._connect(choice))
        return await asyncio.shield(self._clusters[choice])
