"""What a deployment and the providers of its resources have to say to each other.

A provider is Kubernetes, or code of the program's own. What they have in common (the journal, the order of things,
replacement) is in `steps`; here is what each of them has to answer, and the answer of those that can do nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from ..errors import UnsupportedError
from .diff import Change
from .goal import Goal
from .state import ResourceState

Properties = dict[str, Any]
Report = Callable[[str], None]
"""Gets a word on progress."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a write has given, or in a preview would give.

    Attributes:
        id: of the resource; empty if it is not known yet.
        outputs: what the program gets.
        errors: why the resource is not ready, one sentence each.
        stopped: whether that is only because nobody waits any more: the run was interrupted.
        evidence: what else the user is shown of the errors, and no state keeps.
    """

    id: str
    outputs: Properties
    errors: list[str] = field(default_factory=list)
    stopped: bool = False
    evidence: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What has to be done to a resource that is there.

    Attributes:
        operation: `create` if it turns out not to be there any more.
        changes: what differs.
        reasons: those of the changes that need a new resource.
        outputs: what an update would give.
    """

    operation: Literal["same", "update", "replace", "create"]
    changes: tuple[Change, ...] = ()
    reasons: tuple[Change, ...] = ()
    outputs: Properties = field(default_factory=dict)


@dataclass(slots=True)
class Resource:
    """One wanted resource, in the hands of its provider. Any of its methods may raise StepError.

    This one needs nothing to be done, and cannot be made. `inputs` is what the program wants, checked.
    """

    goal: Goal
    inputs: Properties

    async def compare(self, old: ResourceState, *, unfinished: bool) -> Verdict:
        """Say what has to be done; `unfinished` if an earlier run did not get to the end of it."""
        return Verdict("same")

    def unchanged(self, old: ResourceState) -> Properties:
        """Give the outputs of a resource that needs nothing to be done, with what is recorded about its inputs."""
        return old.outputs

    def provisional(self, interrupted: ResourceState | None) -> Properties:
        """Give what is recorded of a resource before it is created, to know it again if nothing else gets recorded."""
        return {}

    async def expect(self, provisional: Properties, *, ask: bool) -> Written:
        """Preview a creation; without `ask`, by nothing but the inputs."""
        return Written("", self.inputs)

    async def create(self, provisional: Properties, report: Report) -> Written:
        """Create it; `report` gets what has to be waited for before that can be."""
        raise UnsupportedError(f"{self.goal.urn}: the resource type {self.goal.type}")

    async def update(self, old: ResourceState, report: Report) -> Written:
        """Update it in place; `report` as of `create`."""
        raise UnsupportedError(f"{self.goal.urn}: the resource type {self.goal.type}")

    async def wait(self, written: Written, timeout: float | None, report: Report) -> Written:
        """Wait until it is ready, or can be seen not to become so; `timeout` in seconds."""
        return written

    async def adopt(self, id_: str) -> Written:
        """Give what somebody else has made, to be managed from now on."""
        raise UnsupportedError(f"{self.goal.urn}: the resource option import_ of this type")

    def deletes_first(self, old: ResourceState) -> bool:
        """Say whether the old one has to be deleted before a replacement can be made."""
        return False

    def is_that_of(self, state: ResourceState) -> bool:
        """Say whether a record is known to be of the very same thing, so that both cannot be there at a time."""
        return False


class Provider:
    """What makes and deletes resources of some types, in one place. Any of its methods may raise StepError.

    This one has resources that only the `pulumi` CLI can handle. They are carried along as long as nothing has to be
    done to them.

    Attributes:
        says_what_failed: whether a delete that fails is over, with nothing done; otherwise it may still go on.
    """

    says_what_failed = False

    async def resource(self, goal: Goal, old: ResourceState | None) -> Resource:
        """Check what a program wants. Raises UnsupportedError as well."""
        if old is None or not is_same_wish(goal.inputs, old.inputs):
            raise UnsupportedError(f"{goal.urn}: the resource type {goal.type}")
        return Resource(goal, old.inputs)

    async def reasons(self, state: ResourceState, wanted: Properties) -> tuple[Change, ...]:
        """Give the changes that would need a new resource."""
        raise UnsupportedError(f"{state.urn}, which is made from what is replaced: the resource type {state.type}")

    async def read(self, state: ResourceState) -> ResourceState | None:
        """Give the state as it is found; None if the resource is not there any more."""
        return state

    async def is_there(self, state: ResourceState, report: Report | None = None) -> bool:
        """Say whether exactly what is recorded is there, and stays.

        What is just being deleted is waited for, if there is somebody to report to, until it is gone or its timeout.
        """
        return True

    async def require(self, state: ResourceState) -> None:
        """Make sure that the resource could be deleted. Raises UnsupportedError as well."""
        raise UnsupportedError(f"{state.urn}, which would be deleted: the resource type {state.type}")

    async def delete(self, state: ResourceState, report: Report) -> None:
        """Delete it and wait until it is gone; if it was never recorded, only if it is there and ours."""
        await self.require(state)


def is_same_wish(wanted: Properties, recorded: Properties) -> bool:
    """Say whether inputs are the recorded ones, but for what a provider adds to them for its own use."""

    def own(properties: Properties) -> Properties:
        return {key: value for key, value in properties.items() if not key.startswith("__")}

    return own(wanted) == own(recorded)
