"""What has to be replaced because something else is: the rule of the Pulumi engine.

When an object is deleted before its replacement is made, nothing can go on using it. A dependent counts if one of its
properties was made from the object's outputs, and if its provider, asked with that property unknown, says that the
dependent would have to be replaced. A dependence by `depends_on` alone does not count.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from .diff import Change
from .resource import Properties
from .state import ResourceState
from .values import UNKNOWN

Reasons = Awaitable[tuple[Change, ...]]


@dataclass(frozen=True, slots=True)
class Dependent:
    """A resource that is replaced along with another.

    Attributes:
        state: of the resource.
        reasons: its properties that are made from what is replaced, and would need a new object.
        cause: the name of what is replaced.
    """

    state: ResourceState
    reasons: tuple[Change, ...]
    cause: str

    @property
    def clause(self) -> str:
        """Say why."""
        return f"{self.reasons[0].path[0]} is made from {self.cause}, which is replaced"


async def dependents_to_replace(
    replaced: ResourceState, resources: list[ResourceState], ask: Callable[[ResourceState, Properties], Reasons]
) -> list[Dependent]:
    """Find all that is replaced along with a resource, itself left out, in the order of the checkpoint.

    `ask` asks a resource's provider which of the changes to these inputs need a new one; what it raises is raised.
    """
    found: dict[str, Dependent] = {}
    gone = {replaced.urn: replaced.name}
    for state in resources:
        if not state.custom or state.delete or state.external or state.urn in gone:
            continue
        through = {key: urn for key, urns in sorted(state.property_dependencies.items()) for urn in urns if urn in gone}
        if not through:
            continue
        wanted = {**state.inputs, **dict.fromkeys(through, UNKNOWN)}
        reasons = await ask(state, wanted)
        if reasons:
            gone[state.urn] = state.name
            found[state.urn] = Dependent(state, reasons, gone[through[str(reasons[0].path[0])]])
    return list(found.values())
