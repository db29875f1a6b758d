"""What the session clusters of one program share: faults are said of all of them at once, and no two are the same.

A component that finds its arguments wrong must not register anything. In a preview, where nothing is done, it lets the
program go on, so that the next one is heard as well; the program fails at its end.
"""

import os
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import get_root_resource, is_dry_run

from flink_session.configuration import Finding, IllegalConfigurationError

_PROVIDER_SETTINGS = {
    "kubeconfig": "kubeconfig",
    "context": "context",
    "cluster": "cluster",
    "render_yaml_to_directory": "renderYamlToDirectory",
}
"""What decides which API server a Kubernetes provider speaks to, if to any; and what configuration calls it."""

_DECIDING = 2
"""How many of these nearly always decide alone: the first ones."""

ObjectName = tuple[str, str, str]
"""Kind, namespace and name of an object."""


@dataclass
class _Claim:
    """The objects of one component, and who makes them; no provider stands for Pulumi's default one."""

    component: str
    provider: pulumi.ProviderResource | None
    objects: frozenset[ObjectName]


@dataclass
class _Program:
    refused: "list[Refused]" = field(default_factory=list)
    claims: list[_Claim] = field(default_factory=list)


class Refused(pulumi.RunError):
    """The arguments of a session cluster cannot be deployed. Its text names all such clusters of the program."""

    def __init__(self, name: str, findings: tuple[Finding, ...], program: _Program) -> None:
        super().__init__()
        self._name, self._findings, self._program = name, findings, program
        program.refused.append(self)

    def add(self, findings: Iterable[Finding]) -> None:
        """Say more about the same cluster."""
        self._findings += tuple(finding for finding in findings if finding not in self._findings)

    def __str__(self) -> str:
        refused = self._program.refused
        if len(refused) == 1:
            return str(IllegalConfigurationError(self._findings))
        return "\n".join(f"{one._name}: {IllegalConfigurationError(one._findings)}" for one in refused)


_programs: WeakKeyDictionary[pulumi.Resource, _Program] = WeakKeyDictionary()
_callers: dict[str, _Program] = {}
_caller: ContextVar[str | None] = ContextVar("caller", default=None)


def belongs_to(caller: str) -> None:
    """Let what the current task makes belong to a program in another process, which has no root here.

    Args:
        caller: what all components of that program have in common, and no other has: where its engine listens.
    """
    _caller.set(caller)


def _program() -> _Program:
    """Return what is known of the program that runs; of a component on its own, there is nothing to know."""
    root, caller = get_root_resource(), _caller.get()
    if root is not None:
        return _programs.setdefault(root, _Program())
    return _Program() if caller is None else _callers.setdefault(caller, _Program())


def refuse(name: str, error: IllegalConfigurationError) -> Refused:
    """Make Pulumi's own error of findings, which ends a program with its message and without a stack trace."""
    for warning in error.warnings:
        pulumi.log.warn(f"{name}: {warning}")
    return Refused(name, error.findings, _program())


def may_go_on() -> bool:
    """Tell whether the program may go on although a component is refused: nothing is done in a preview."""
    return is_dry_run() and get_root_resource() is not None


def claim(name: str, provider: pulumi.ProviderResource | None, objects: frozenset[ObjectName]) -> None:
    """Note which objects a component makes.

    Args:
        name: the component's name.
        provider: the one that it makes them with.
        objects: what it makes.

    Raises:
        IllegalConfigurationError: another component of the program makes one of them, with the same provider.
    """
    program, mine = _program(), _Claim(name, provider, objects)
    for other in program.claims:
        shared = sorted(objects & other.objects)
        if not shared:
            continue
        if other.provider is provider:
            raise IllegalConfigurationError((_taken(shared[0], other.component),))
        comparison: pulumi.Output[bool] = pulumi.Output.from_input(_compare(mine, other, shared[0]))
        del comparison  # Pulumi waits for it
    program.claims.append(mine)


def _taken(shared: ObjectName, other: str) -> Finding:
    kind, namespace, name = shared
    rule = f"must not lead to the {kind} {name} in the namespace {namespace}, which {other} makes too"
    return Finding("cluster_id", None, rule, "choose another cluster_id or namespace for one of them")


async def _compare(mine: _Claim, other: _Claim, shared: ObjectName) -> bool:
    """Compare two providers when they are registered: different ones may speak to the same API server.

    In a preview, what a provider is not given is as unknown as what it is given by another resource. Those two settings
    that nearly always decide are enough.
    """
    settings = [(await _known(a), await _known(b)) for a, b in zip(*map(_settings_of, (mine, other)), strict=True)]
    known = [(a[0], b[0]) for a, b in settings if a and b]
    if any(a != b for a, b in known):
        return False
    if all(a and b for a, b in settings[:_DECIDING]):
        raise refuse(mine.component, IllegalConfigurationError((_taken(shared, other.component),)))
    if any(a is not None for a, _ in known):
        finding = _taken(shared, other.component)
        pulumi.log.warn(f"{mine.component}: if both providers reach the same cluster, {finding}")
    return True


async def _known(value: object) -> tuple[object] | None:
    """Return a setting, if it is known."""
    output: pulumi.Output[object] = pulumi.Output.from_input(value)
    return (await output.future(),) if await output.is_known() else None


def _settings_of(claim: _Claim) -> list[Any]:
    """Return what decides which API server a component speaks to."""
    settings = provider_settings(claim.provider)
    if claim.provider is None and settings["kubeconfig"] is None:
        settings["kubeconfig"] = os.environ.get("KUBECONFIG")
    return list(settings.values())


def provider_settings(provider: pulumi.ProviderResource | None) -> dict[str, Any]:
    """Return the settings of a provider, which may be Outputs; those of Pulumi's default one are configuration."""
    if provider is not None:
        return {name: getattr(provider, name, None) for name in _PROVIDER_SETTINGS}
    config = pulumi.Config("kubernetes")
    return {name: config.get(key) or None for name, key in _PROVIDER_SETTINGS.items()}


def kubernetes_provider(opts: pulumi.ResourceOptions | None) -> pulumi.ProviderResource | None:
    """Return the Kubernetes provider that a component with these options has; ``None`` for Pulumi's default one."""
    if opts is None:
        return None
    several = opts.providers.values() if isinstance(opts.providers, Mapping) else opts.providers or ()
    given = tuple(several) if isinstance(several, Iterable) else (several,)
    provider: pulumi.ProviderResource | None
    for provider in (*given, opts.provider):
        if provider is not None and provider.package == "kubernetes":
            return provider
    return None if opts.parent is None else opts.parent.get_provider("kubernetes:core/v1:ConfigMap")
