"""What has to be replaced because something else is: the rule of the Pulumi engine.

When an object is deleted before its replacement is made, nothing can go on using it. A dependent counts if it goes
with the object (`deletedWith`, and `replaceWith` of the object itself), or if one of its properties was made from the
outputs and its provider, asked with that property unknown, says that the dependent would have to be replaced. A
dependence by `depends_on` alone does not count.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ..model.diff import Change
from ..model.resource import Properties
from ..model.state import ResourceState
from ..model.urn import PROVIDER_TYPE_PREFIX
from ..model.values import UNKNOWN

Reasons = Awaitable[tuple[Change, ...]]


@dataclass(frozen=True, slots=True)
class Dependent:
    """A resource that is replaced along with another.

    Attributes:
        state: of the resource.
        clause: why.
        reasons: its properties that are made from what is replaced, and would need a new object.
    """

    state: ResourceState
    clause: str
    reasons: tuple[Change, ...] = ()


async def dependents_to_replace(
    replaced: ResourceState, resources: list[ResourceState], ask: Callable[[ResourceState, Properties], Reasons]
) -> list[Dependent]:
    """Find all that is replaced along with a resource, itself left out, in the order of the checkpoint.

    `ask` asks a resource's provider which of the changes to these inputs need a new one; what it raises is raised.
    """
    found: dict[str, Dependent] = {}
    gone = {replaced.urn: replaced.name}
    for state in resources:
        is_record = not state.custom or state.external or state.type.startswith(PROVIDER_TYPE_PREFIX)
        if is_record or state.delete or state.urn in gone:
            continue
        through = {key: urn for key, urns in sorted(state.property_dependencies.items()) for urn in urns if urn in gone}
        reasons: tuple[Change, ...] = ()
        if state.deleted_with in gone:
            clause = f"it is deleted with {gone[state.deleted_with]}, which is replaced"
        elif replaced.urn in state.replace_with:
            clause = f"it is replaced with {replaced.name}"
        elif through and (reasons := await ask(state, {**state.inputs, **dict.fromkeys(through, UNKNOWN)})):
            key = str(reasons[0].path[0])
            clause = f"{key} is made from {gone[through[key]]}, which is replaced"
        else:
            continue
        gone[state.urn] = state.name
        found[state.urn] = Dependent(state, clause, reasons)
    return list(found.values())
