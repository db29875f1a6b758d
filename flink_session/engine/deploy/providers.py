"""Provider resources: which cluster a resource is in, by the stack's default provider or one of the program's own."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flink_session.api_server.errors import ClusterError
from flink_session.api_server.kubeconfig import ClusterChoice

from ..errors import StepError, UnsupportedError
from ..kubernetes_provider.kinds import is_object
from ..kubernetes_provider.objects import Options, Planned
from ..kubernetes_provider.offline_provider import OfflineProvider
from ..kubernetes_provider.provider import KubernetesProvider
from ..model.goal import Goal
from ..model.resource import Properties, Provider, is_same_wish
from ..model.signatures import UNKNOWN_TEXT
from ..model.state import ResourceState
from ..model.urn import PROVIDER_TYPE_PREFIX, make_urn, split_provider_reference
from ..model.values import UNKNOWN, Secret, contains_unknown, plain, secret_texts
from ..program import dynamic
from ..stack.journal import Journal, now_text
from ..stack.project import StackConfig
from .outside import Outside

KUBERNETES = "kubernetes"
STACK_REFERENCE = "pulumi:pulumi:StackReference"
_SWITCHES = {
    "enableConfigMapMutable": "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    "enableSecretMutable": "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
    "enablePatchForce": "PULUMI_K8S_ENABLE_PATCH_FORCE",
}
_CHOICES = ("kubeconfig", "context", "namespace")
_AS_HERE = {"enableServerSideApply": True, "suppressDeprecationWarnings": True, "suppressHelmHookWarnings": True}
"""Options that ask for what is done anyway."""
_OWN_KEYS = {"version", "__internal"}


def is_default_provider(state: ResourceState) -> bool:
    """Say whether the engine made a provider, and not the program: such a one is neither shown nor counted."""
    is_provider = state.type.startswith(PROVIDER_TYPE_PREFIX)
    return is_provider and (state.name == "default" or state.name.startswith("default_"))


class StackReferences(Provider):
    """Reads the outputs of other stacks of the same backend."""

    def __init__(self, outputs_of: Callable[[str], Properties]) -> None:
        self._outputs_of = outputs_of

    async def read(self, state: ResourceState) -> ResourceState | None:
        """Give the outputs of the stack that the input `name` names."""
        name = str(plain(state.inputs.get("name") or state.id))
        outputs = await asyncio.to_thread(self._outputs_of, name)
        secret = sorted(key for key, value in outputs.items() if any(secret_texts(value)) or isinstance(value, Secret))
        return replace(state, outputs={"name": name, "outputs": outputs, "secretOutputNames": secret})


class Providers:
    """The providers of one stack. Clusters are connected to once each, when first needed."""

    def __init__(
        self,
        stack: str,
        project: str,
        config: StackConfig,
        default_version: str,
        journal: Journal,
        outside: Outside,
        cannot_ask: Callable[[str], None] | None = None,
        *,
        offline: bool = False,
    ) -> None:
        """Args: with `cannot_ask`, which is told why, a cluster that cannot be reached is done without.

        With `offline`, none is asked.

        Raises:
            UnsupportedError: a setting of a provider is not honoured.
        """
        self._stack, self._project, self._config = stack, project, config
        self._default_version, self._journal, self._outside = default_version, journal, outside
        self._cannot_ask, self._offline = cannot_ask, offline
        self._opened: dict[tuple[ClusterChoice, Options], asyncio.Future[KubernetesProvider]] = {}
        self._planned: dict[str, Planned] = {}
        self.stopping = asyncio.Event()
        """Set when nothing is to be waited for any more."""
        _check_options(self._settings(KUBERNETES), "the configuration key kubernetes:")
        if others := sorted(key for key in config.values if key.startswith("pulumi:") and key != "pulumi:tags"):
            raise UnsupportedError(f"the configuration key {others[0]}")

    def knows(self, token: str) -> bool:
        """Say whether a type is one that something can be done with."""
        return is_object(token) or _package(token) == dynamic.PACKAGE or token == STACK_REFERENCE

    async def of_goal(self, goal: Goal, old: ResourceState | None) -> tuple[str, Provider]:
        """Give a wanted resource's provider and the reference to it."""
        if goal.provider:
            urn, _ = split_provider_reference(goal.provider)
            state = self._journal.new(urn)
            if state is None:
                raise StepError(f"{goal.urn}: its provider {urn} is not part of this program")
        elif _package(goal.type) in (KUBERNETES, dynamic.PACKAGE, "pulumi"):
            state = self._default(_package(goal.type), goal.version)
        elif old is not None:
            urn, _ = split_provider_reference(old.provider)
            state = self._journal.new(urn) or self._journal.old(urn)
            if state is None:
                raise StepError(f"{goal.urn}: its provider {urn} is not in the state")
            self._journal.keep(state, state if self._journal.new(urn) is None else None, changed=False)
        else:
            raise UnsupportedError(f"{goal.urn}: the resource type {goal.type}")
        return _reference(state), await self._provider(state)

    async def of_state(self, state: ResourceState) -> Provider:
        """Give the provider of a recorded resource."""
        return await self._provider(self._recorded(state.provider, state.urn))

    async def moved(self, old: ResourceState, reference: str) -> bool:
        """Say whether a resource's provider is in another cluster than that of its record."""
        if not old.provider or old.provider == reference:
            return False
        before, after = (self._recorded(text, old.urn) for text in (old.provider, reference))
        return await self._are_apart(before.inputs, after.inputs)

    async def warm_up(self) -> None:
        """Connect to the cluster of the default provider. Raises ClusterError."""
        await self._kubernetes(self._settings(KUBERNETES))

    async def close(self) -> None:
        """Give up connecting to what nobody has waited for; a program may end before that."""
        for connecting in self._opened.values():
            connecting.cancel()
        await asyncio.gather(*self._opened.values(), return_exceptions=True)

    async def register(self, goal: Goal, old: ResourceState | None) -> ResourceState:
        """Settle an explicit provider resource. Raises UnsupportedError."""
        package = goal.type.removeprefix(PROVIDER_TYPE_PREFIX)
        if package == KUBERNETES:
            _check_options(goal.inputs, f"{goal.type} {goal.name!r}: the provider option ")
        inputs = {**goal.inputs, **({"version": goal.version} if goal.version else {})}
        if package != KUBERNETES and (old is None or not is_same_wish(inputs, old.inputs)):
            raise UnsupportedError(f"the provider {package} ({goal.urn})")
        state = self._state(goal.urn, goal.type, inputs, old)
        if old is not None and state is not old and await self._are_apart(old.inputs, inputs):
            state = self._state(goal.urn, goal.type, inputs, None)
        return replace(
            state,
            parent=goal.parent,
            dependencies=goal.dependencies,
            property_dependencies=goal.property_dependencies,
            protect=goal.protect,
        )

    def _default(self, package: str, version: str) -> ResourceState:
        version = version or (self._default_version if package == KUBERNETES else "")
        name = "default_" + version.replace(".", "_").replace("-", "_").replace("+", "_") if version else "default"
        urn = make_urn(self._stack, self._project, "", PROVIDER_TYPE_PREFIX + package, name)
        if (known := self._journal.new(urn)) is not None:
            return known
        old = self._journal.old(urn)
        inputs = {**self._settings(package), **({"version": version} if version else {})}
        state = self._state(urn, PROVIDER_TYPE_PREFIX + package, inputs, old)
        self._journal.keep(state, old, changed=state is not old)
        return state

    def _state(self, urn: str, type_: str, inputs: Properties, old: ResourceState | None) -> ResourceState:
        is_plugin = type_.removeprefix(PROVIDER_TYPE_PREFIX) not in (dynamic.PACKAGE, "pulumi")
        recorded, now = {**inputs, **({"__internal": {}} if is_plugin else {})}, now_text()
        if old is None:
            old = ResourceState(urn=urn, custom=True, type=type_, id=str(uuid.uuid4()), created=now)
        elif recorded == old.inputs:
            return old
        return replace(old, inputs=recorded, outputs=inputs, modified=now)

    def _settings(self, package: str) -> Properties:
        """Give the stack's configuration of a package; of dynamic providers, all of it."""
        whole = package == dynamic.PACKAGE
        return {
            key if whole else key.partition(":")[2]: Secret(value) if key in self._config.secret_keys else value
            for key, value in self._config.values.items()
            if whole or key.partition(":")[0] == package
        }

    def _recorded(self, reference: str, urn: str) -> ResourceState:
        for candidate in self._journal.resources:
            if candidate.type.startswith(PROVIDER_TYPE_PREFIX) and _reference(candidate) == reference:
                return candidate
        raise StepError(f"{urn}: its provider {reference.rpartition('::')[0]} is not in the state")

    async def _provider(self, state: ResourceState) -> Provider:
        package = state.type.removeprefix(PROVIDER_TYPE_PREFIX)
        if package == KUBERNETES:
            return await self._kubernetes(state.inputs)
        if package == dynamic.PACKAGE:
            return self._outside.dynamic(self._settings(package))
        return StackReferences(self._outside.stack_outputs) if package == "pulumi" else Provider()

    async def _are_apart(self, before: Properties, after: Properties) -> bool:
        """Say whether two providers are of different clusters, or may be; as the Pulumi provider, by their address."""
        if all(plain(before.get(key)) == plain(after.get(key)) for key in ("kubeconfig", "context")):
            return False
        if _is_unknown(after):
            return True
        try:
            servers = {(await self._outside.cluster(_choice(inputs))).server for inputs in (before, after)}
        except ClusterError:
            return False
        return len(servers) > 1

    async def _kubernetes(self, inputs: Properties) -> KubernetesProvider:
        switches = {
            key: str(plain(inputs.get(key)) or os.environ.get(variable, "")).lower() in ("1", "true")
            for key, variable in _SWITCHES.items()
        }
        mutable = {"ConfigMap": switches["enableConfigMapMutable"], "Secret": switches["enableSecretMutable"]}
        options = Options(frozenset(kind for kind in mutable if mutable[kind]), switches["enablePatchForce"])
        if _is_unknown(inputs):
            return OfflineProvider("its provider is only known after `up`", "", options)
        key = _choice(inputs), options
        if key not in self._opened:
            self._opened[key] = asyncio.ensure_future(self._connect(*key))
        return await asyncio.shield(self._opened[key])

    async def _connect(self, choice: ClusterChoice, options: Options) -> KubernetesProvider:
        namespace = choice.namespace
        try:
            cluster = await self._outside.cluster(choice)
            namespace = cluster.namespace
            if self._offline:
                return OfflineProvider("the cluster is not asked, by --offline", namespace, options)
            await cluster.check_reachable()
        except ClusterError as error:
            if not self._offline:
                if self._cannot_ask is None:
                    raise
                self._cannot_ask(str(error))
            return OfflineProvider(str(error), namespace, options)
        return KubernetesProvider(cluster, options, self._planned.setdefault(cluster.server, Planned()), self.stopping)


def _check_options(inputs: Properties, what: str) -> None:
    for key, value in inputs.items():
        honoured = key in _CHOICES or key in _SWITCHES or key in _OWN_KEYS
        if not honoured and not (key in _AS_HERE and str(plain(value)).lower() == "true"):
            listed = ", ".join((*_CHOICES, *_SWITCHES))
            raise UnsupportedError(f"{what}{key} (honoured are {listed})")


def _package(token: str) -> str:
    return token.partition(":")[0]


def _reference(state: ResourceState) -> str:
    return f"{state.urn}::{state.id}"


def _choice(inputs: Properties) -> ClusterChoice:
    chosen: dict[str, Any] = {key: plain(inputs.get(key)) or "" for key in _CHOICES}
    return ClusterChoice(**chosen)


def _is_unknown(inputs: Properties) -> bool:
    chosen = [inputs.get(key) for key in _CHOICES]
    return contains_unknown(chosen) or UNKNOWN_TEXT in map(plain, chosen) or UNKNOWN in chosen
