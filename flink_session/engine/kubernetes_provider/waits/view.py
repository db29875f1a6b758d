"""All objects of some kinds, kept current by watches: what a wait goes by."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.errors import ApiError, RequestError
from flink_session.api_server.kinds import Kind, Manifest

from ...errors import StoppedError
from .evidence import Since

_ASK_AGAIN = 0.2
"""Seconds after which the API server is asked again what kinds it has, of which there is no watch."""


@dataclass(slots=True)
class View:
    """All objects of some kinds, kept current by watches.

    Attributes:
        since: when the wait began.
        stopping: set when nothing is to be waited for any more.
        objects: by kind and name.
        synced: the kinds of which all objects are known, or may not be.
        served: whether the API server has all kinds that were asked for.
        touched: the uids of objects whose controllers were made to try again, or could not be.
    """

    cluster: Cluster
    since: Since
    stopping: asyncio.Event
    objects: dict[str, dict[str, Manifest]] = field(default_factory=dict)
    synced: set[str] = field(default_factory=set)
    served: bool = False
    touched: dict[str, bool] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _failure: BaseException | None = None

    async def follow(self, kind: Kind, namespace: str, *, required: bool, **parameters: str) -> None:
        """Keep objects of one kind current, until cancelled. What is not required may be forbidden, or not there."""
        known = self.objects.setdefault(kind.kind, {})
        try:
            async for event, item in self.cluster.watch(kind, namespace, **parameters):
                if event == "RELISTED":
                    known.clear()
                    continue
                if event == "SYNCED":
                    self.synced.add(kind.kind)
                elif event == "DELETED":
                    known.pop(item["metadata"]["name"], None)
                elif event != "BOOKMARK":
                    known[item["metadata"]["name"]] = item
                self._changed.set()
        except ApiError as error:
            if required or error.code not in (403, 404):
                self._fail(error)
            self.synced.add(kind.kind)
            self._changed.set()
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 (a defect must not look like a long wait)
            self._fail(error)

    async def follow_kinds(self, kinds: list[Kind]) -> None:
        """Ask until the API server serves kinds, which it takes a moment for after it has taken their definition."""
        try:
            while kinds := [kind for kind in kinds if await self.cluster.resolve(kind) is None]:
                await asyncio.sleep(_ASK_AGAIN)
        except RequestError as error:
            self._fail(error)
        self.served = True
        self._changed.set()

    def _fail(self, error: BaseException) -> None:
        self._failure = error
        self._changed.set()

    def all(self, kind: Kind) -> list[Manifest]:
        """Give the objects of a kind."""
        return list(self.objects.get(kind.kind, {}).values())

    async def changes(self, deadline: float) -> AsyncIterator[float]:
        """Yield the time, now and after each change, at least once a second and until the deadline has passed.

        Raises:
            StoppedError: nothing is to be waited for any more.
        """
        clock = asyncio.get_running_loop().time
        while True:
            self._changed.clear()
            if self._failure:
                raise self._failure
            now = clock()
            yield now
            if now >= deadline:
                return
            if self.stopping.is_set():
                raise StoppedError({}, ["the run was interrupted"])
            waits = [asyncio.ensure_future(event.wait()) for event in (self._changed, self.stopping)]
            try:
                await asyncio.wait(waits, timeout=min(1.0, deadline - now), return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
