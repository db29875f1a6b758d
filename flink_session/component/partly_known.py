"""What a preview can show of a plan while some arguments are unknown: all that does not depend on them.

The plan is made twice, with two stand-ins for each unknown value that are both right. What comes out the same is known.
Where no stand-in fits, such as for an unknown image pull policy, the preview shows nothing of the plan.
"""

import asyncio
from collections.abc import Callable, Coroutine, Generator, Mapping
from typing import Any, Generic, TypeVar

import pulumi
from pulumi.runtime import is_dry_run

from flink_session.configuration import IllegalConfigurationError
from flink_session.deployment.session import SessionCluster

T = TypeVar("T")

_BY_NAME: Mapping[str, tuple[object, object]] = {
    "cpu": (3, 5),
    "memory": ("3Gi", "5Gi"),
    "slots": (3, 5),
    "min_slots": (3, 5),
    "max_slots": (300, 500),
    "idle_timeout": ("3min", "5min"),
    "replicas": (3, 5),
    "port": (9003, 9005),
    "state_storage": ("s3://unknown-a", "s3://unknown-b"),
    "storage_dir": ("s3://unknown-a", "s3://unknown-b"),
}
"""Stand-ins for arguments that do not take any text."""
_OF_OPTIONS = (("unknown-a", "unknown-b"), (3, 5), ("3 min", "5 min"), ("3 gb", "5 gb"))
"""Stand-ins for options, of which nobody knows here what they take: the first that fits."""


class _Once(Generic[T]):
    """What is begun when it is awaited first, and is the same for all who await it."""

    def __init__(self, begin: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._begin = begin
        self._task: asyncio.Task[T] | None = None

    def __await__(self) -> Generator[Any, None, T]:
        if self._task is None:
            self._task = asyncio.ensure_future(self._begin())
        return self._task.__await__()

    def then(self, select: Callable[[T], Any]) -> "_Once[Any]":
        async def selected() -> Any:
            return select(await self)

        return _Once(selected)


class PartlyKnown:
    """A plan some of whose arguments may be unknown.

    Attributes:
        whole: the plan, unknown while any argument is.

    Args:
        plan: the plan, which is unknown while any argument is.
        args: the arguments, by the names of their fields.
        plan_with: makes the plan of arguments that are all known, or raises ``IllegalConfigurationError``.
    """

    def __init__(
        self,
        plan: "pulumi.Output[SessionCluster]",
        args: Mapping[str, Any],
        plan_with: Callable[[Mapping[str, Any]], SessionCluster],
    ) -> None:
        self.whole, self._args, self._plan_with = plan, args, plan_with
        self._twice = _Once(self._plan_twice)

    def get(self, select: Callable[[SessionCluster], T]) -> "pulumi.Output[T]":
        """What ``select`` takes from the plan; in a preview, known if it is the same whatever the unknown will be."""
        if not is_dry_run():
            return self.whole.apply(select)
        found = _Once(lambda: self._look(select))
        known, value = found.then(lambda look: look[0]), found.then(lambda look: look[1])
        return pulumi.Output(_Once(self.whole.resources), value, known, _Once(self.whole.is_secret))

    async def _look(self, select: Callable[[SessionCluster], T]) -> tuple[bool, T | None]:
        plan = await self.whole.future()
        if plan is not None and await self.whole.is_known():
            return True, select(plan)
        plans = await self._twice
        if plans is None:
            return False, None
        one, other = map(select, plans)
        return (True, one) if one == other else (False, None)

    async def _plan_twice(self) -> tuple[SessionCluster, SessionCluster] | None:
        if await self.whole.is_known():
            return None
        for of_options in _OF_OPTIONS:
            try:
                one, other = [self._plan_with(await _known(self._args, turn, of_options)) for turn in (0, 1)]
            except IllegalConfigurationError:
                continue
            return one, other
        return None


async def _known(value: Any, turn: int, stand_ins: tuple[object, object], path: tuple[str, ...] = ()) -> Any:
    """Put values in the place of Outputs: their own, or a stand-in."""
    if isinstance(value, pulumi.Output):
        if await value.is_known():
            return await value.future()
        return _stand_ins(path, stand_ins)[turn]
    if isinstance(value, Mapping):
        return {key: await _known(item, turn, stand_ins, (*path, str(key))) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [await _known(item, turn, stand_ins, path) for item in value]
    return value


def _stand_ins(path: tuple[str, ...], of_options: tuple[object, object]) -> tuple[object, object]:
    if path[0] == "configuration":
        return of_options
    return _BY_NAME.get(path[-1], _OF_OPTIONS[0])
