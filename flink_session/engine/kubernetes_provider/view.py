"""All objects of some kinds, kept current by watches: what a wait goes by."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.errors import ApiError
from flink_session.api_server.kinds import Kind, Manifest

from .evidence import Since


@dataclass(slots=True)
class View:
    """All objects of some kinds, kept current by watches.

    Attributes:
        since: when the wait began.
        objects: by kind and name.
        synced: the kinds of which all objects are known, or may not be.
        touched: the uids of objects whose controllers were made to try again, or could not be.
    """

    cluster: Cluster
    since: Since
    objects: dict[str, dict[str, Manifest]] = field(default_factory=dict)
    synced: set[str] = field(default_factory=set)
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

    def _fail(self, error: BaseException) -> None:
        self._failure = error
        self._changed.set()

    def all(self, kind: Kind) -> list[Manifest]:
        """Give the objects of a kind."""
        return list(self.objects.get(kind.kind, {}).values())

    async def changes(self, deadline: float) -> AsyncIterator[float]:
        """Yield the time, now and after each change, at least once a second and until the deadline has passed."""
        clock = asyncio.get_running_loop().time
        while True:
            self._changed.clear()
            if self._failure:
                raise self._failure
            now = clock()
            yield now
            if now >= deadline:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), min(1.0, max(0.0, deadline - now)))
