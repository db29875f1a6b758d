"""Lists all sessions, asks them, and shows what they say as it comes."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flink_session.api_server.kubeconfig import Endpoint
from flink_session.cli.output import colours, table, talk, write_json, write_table
from flink_session.cli.watching import InPlace, changes
from flink_session.client.sessions.asking import ask, look
from flink_session.client.sessions.known import KnownCluster

from .owners import Owner, owners
from .shown import HEADING, document, matter, row

_BETWEEN_LOOKS = 2.0
"""Seconds."""


@dataclass(slots=True)
class Lister:
    """What is listed of which Kubernetes cluster, and how it is shown.

    Attributes:
        namespace: the one whose sessions are listed; empty for all.
        cwd: where the project is whose stack is called `this stack`.
        stacks: those that have sessions, by the uids of their Deployments, as far as is known.
        told: what was said already of rights that are missing.
    """

    endpoint: Endpoint
    namespace: str
    cwd: Path
    as_json: bool
    stacks: dict[str, Owner] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    async def once(self) -> None:
        """List the clusters, and say so if there are none."""
        in_place = InPlace() if self._in_place else None
        known = await self._look(in_place)
        if in_place:
            in_place.clear()
        if self.as_json:
            write_json([self._document(item) for item in known])
        elif known:
            write_table(HEADING, self._rows(known))
        else:
            talk(self._none)

    async def watch(self) -> None:
        """Go on until the user has seen enough."""
        in_place, before = InPlace() if self._in_place else None, None
        while True:
            # Later looks are drawn whole: what has not answered yet has been known before.
            known = await self._look(in_place if before is None else None)
            if in_place:
                self._draw(in_place, known)
            else:
                self._tell(before, known)
            before = known
            await asyncio.sleep(_BETWEEN_LOOKS)

    async def _look(self, in_place: InPlace | None) -> list[KnownCluster]:
        """List and ask all, and show in place who has answered by now."""
        listing = await look(self.endpoint, self.namespace)
        for sentence in listing.missing:
            if sentence not in self.told:
                talk(sentence)
            self.told.add(sentence)
        known = {item.uid: KnownCluster(item) for item in listing.clusters}
        finding = asyncio.create_task(asyncio.to_thread(owners, self.cwd, set(known)))
        async for answered in ask(self.endpoint, listing.clusters):
            known.update((item.cluster.uid, item) for item in answered)
            if finding.done():
                self.stacks = finding.result()
            if in_place:
                self._draw(in_place, list(known.values()))
        self.stacks = await finding
        return list(known.values())

    @property
    def _in_place(self) -> bool:
        return not self.as_json and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

    @property
    def _none(self) -> str:
        where = f"in namespace {self.namespace!r}; -A looks in all" if self.namespace else "in any namespace"
        of = f" of the context {self.endpoint.context!r}" if self.endpoint.context else ""
        return f"no session clusters{of} {where}; `flink-session session` makes one"

    def _draw(self, in_place: InPlace, known: Sequence[KnownCluster]) -> None:
        lines = table(HEADING, self._rows(known), terminal=True, colours=colours(True)) if known else [self._none]
        in_place.write(lines, shutil.get_terminal_size().lines)

    def _tell(self, before: Sequence[KnownCluster] | None, known: Sequence[KnownCluster]) -> None:
        for event, item in changes(before, known, lambda item: item.cluster.uid, matter):
            if self.as_json:
                write_json({"event": event, "session": self._document(item)}, line=True)
            else:
                write_table((), [[event, *self._rows([item])[0]]])
                sys.stdout.flush()

    def _rows(self, known: Sequence[KnownCluster]) -> list[list[Any]]:
        now, terminal = datetime.now(UTC), sys.stdout.isatty()
        return [row(item, self.stacks.get(item.cluster.uid), now, terminal=terminal) for item in known]

    def _document(self, item: KnownCluster) -> dict[str, Any]:
        return document(item, self.stacks.get(item.cluster.uid))
