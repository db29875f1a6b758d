"""A resource that was renamed in the program without an alias: to the engine another one, in the way of itself."""

from __future__ import annotations

from ..kubernetes_provider.kinds import find_kind, is_object
from ..kubernetes_provider.outputs import identity_of
from ..model.goal import Goal
from ..model.state import ResourceState
from ..model.urn import Urn


def renamed(goal: Goal, key: tuple[str, str, str], remaining: list[ResourceState]) -> str:
    """Say what to write where the object is one of this stack's, under another URN; nothing where it is not.

    `key` is the object's kind, namespace and name; `remaining` what the program has not registered.
    """
    for state in remaining:
        if state.custom and is_object(state.type) and _key(state) == key and state.urn != goal.urn:
            now, before = goal.urn, state.urn
            # The topmost name that differs is the one that was changed.
            if goal.parent and state.parent and Urn.parse(goal.parent).name != Urn.parse(state.parent).name:
                now, before = goal.parent, state.parent
            new, old = Urn.parse(now), Urn.parse(before)
            if new.name == old.name:
                return (
                    f"is part of this stack as {before}: another parent or type makes it another resource. "
                    f'Tell Pulumi what it was, on {new.name!r}: opts=pulumi.ResourceOptions(aliases=["{before}"])'
                )
            return (
                f"is part of this stack, where {new.type.rpartition(':')[2]} {new.name!r} was called {old.name!r}. "
                f"Tell Pulumi so, on {new.name!r}: "
                f'opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="{old.name}")])'
            )
    return ""


def _key(state: ResourceState) -> tuple[str, str, str]:
    kind = find_kind(state.type)
    return (
        f"{kind.api_version}/{kind.kind}",
        *identity_of(state.outputs if "metadata" in state.outputs else state.inputs),
    )
