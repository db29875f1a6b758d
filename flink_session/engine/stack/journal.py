"""The state while it changes: what this run has dealt with, what it has not, and what is being written right now.

Every change is on disk before the step that made it goes on. Steps that finish while the file is being written share
the next write.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ..errors import StepError
from ..model.state import Checkpoint, PendingOperation, ResourceState, integrity_errors, manifest, resource_to_json
from ..model.values import secret_texts
from .passphrase import Crypter

_LEISURE = 2.0
"""How long a save waits for more to be saved, as a multiple of the time that the one before it took."""
Write = Callable[[str, set[str]], None]
"""Keeps a `deployment` object, given as JSON text, for readers who know these features."""


def now_text() -> str:
    """Give the time in the form of the checkpoint, RFC 3339 in UTC."""
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class Journal:
    """Collects what becomes of a checkpoint's resources, and saves it."""

    def __init__(self, base: Checkpoint, crypter: Crypter, write: Write | None) -> None:
        """Start from a checkpoint; `write` gets the text of each new `deployment`, or is None for a preview."""
        self.recorded = frozenset(state.urn for state in base.resources if not state.delete)
        """The URNs of all that was there before this run."""
        self._olds: list[ResourceState] = list(base.resources)
        self._news: dict[str, ResourceState] = {}
        self._pending: dict[str, PendingOperation] = {}
        self.interrupted: dict[str, PendingOperation] = {item.resource.urn: item for item in base.pending_operations}
        self._metadata, self._crypter, self._write = base.metadata, crypter, write
        self._texts: dict[int, tuple[ResourceState, str]] = {}
        self._wanted = self._saved = 0
        self._duration = 0.0
        self._lock = asyncio.Lock()

    @property
    def resources(self) -> list[ResourceState]:
        """All resources, in the order of the checkpoint."""
        return [*self._news.values(), *self._olds]

    @property
    def changed(self) -> bool:
        """Whether anything is or was to be saved in this run."""
        return self._wanted > 0

    def old(self, urn: str) -> ResourceState | None:
        """Give the state from before this run of a resource that it has not dealt with yet."""
        return next((state for state in self._olds if state.urn == urn and not state.delete), None)

    def new(self, urn: str) -> ResourceState | None:
        """Give the state of a resource that this run has dealt with."""
        return self._news.get(urn)

    def remaining(self) -> list[ResourceState]:
        """Give the resources that this run has not dealt with."""
        return list(self._olds)

    def rename(self, old_urn: str, new_urn: str) -> None:
        """Let all that refer to a resource by a former URN refer to it by the new one."""

        def renamed(urn: str) -> str:
            return new_urn if urn == old_urn else urn

        self._olds = [_renamed(state, renamed) for state in self._olds]
        operations = [replace(item, resource=_renamed(item.resource, renamed)) for item in self.interrupted.values()]
        self.interrupted = {item.resource.urn: item for item in operations}
        self._wanted += 1

    def keep(self, state: ResourceState, old: ResourceState | None, *, changed: bool) -> None:
        """Record what became of a resource. Unchanged ones need no saving."""
        self._require_passphrase(state)
        if old is not None:
            self._drop(old)
        self._news[state.urn] = state
        self._pending.pop(state.urn, None)
        self.interrupted.pop(state.urn, None)
        if changed:
            self._wanted += 1

    def put_back(self, old: ResourceState, state: ResourceState) -> None:
        """Change the record of a resource that this run has not finished with."""
        self._olds[self._position(old)] = state
        self._pending.pop(old.urn, None)
        self._wanted += 1

    def mark(self, old: ResourceState, **marks: bool) -> ResourceState:
        """Mark a record as of something to be deleted, or that was; gives the changed record."""
        marked = replace(self._olds[self._position(old)], **marks)  # type: ignore[arg-type]
        self.put_back(old, marked)
        return marked

    def mark_gone(self, old: ResourceState) -> ResourceState:
        """Record that an object was deleted to be made anew; gives the changed record."""
        self.forget_interruption(old.urn)
        return self.mark(old, pending_replacement=True)

    def replace_new(self, state: ResourceState) -> None:
        """Change the record of a resource that this run has dealt with."""
        self._require_passphrase(state)
        self._news[state.urn] = state
        self._wanted += 1

    def remove(self, state: ResourceState) -> None:
        """Record that a resource is gone."""
        self._drop(state)
        if self._news.get(state.urn) is state:
            del self._news[state.urn]
        self._pending.pop(state.urn, None)
        self.interrupted.pop(state.urn, None)
        self._wanted += 1

    def drop_dangling_references(self) -> None:
        """Take out of what this run has not dealt with all that refers to resources which are no more."""
        known = {state.urn for state in self.resources}
        self._olds = [_without_references(state, known) for state in self._olds]

    async def write_to(self, write: Write) -> None:
        """Save what a preview has found that changes nothing but the record: dependencies, options, spellings."""
        self._write = write
        await self.save()

    def write_now(self) -> None:
        """Save what there is, changed or not. Raises BackendError."""
        if self._write is not None:
            self._write(*self._render())

    async def begin(self, state: ResourceState, operation: str) -> None:
        """Record that a write to the cluster is about to happen; `operation` is creating, updating or deleting."""
        self._pending[state.urn] = PendingOperation(state, operation)
        self._wanted += 1
        await self.save()

    def abandon(self, urn: str) -> None:
        """Record that a begun write has left nothing behind."""
        if self._pending.pop(urn, None):
            self._wanted += 1

    def forget_interruption(self, urn: str) -> None:
        """Record that what an earlier run left half done is settled."""
        if self.interrupted.pop(urn, None):
            self._wanted += 1

    def settle(self) -> None:
        """Record that nothing of an earlier interruption is left to be done."""
        for urn in list(self.interrupted):
            self.forget_interruption(urn)

    async def save(self) -> None:
        """Have everything recorded so far on disk. Raises BackendError."""
        if self._write is None:
            return
        goal = self._wanted
        async with self._lock:
            if self._saved >= goal:
                return
            # The larger the state, the longer it takes to write all of it; then more steps share a write.
            await asyncio.sleep(_LEISURE * self._duration)
            started = time.monotonic()
            reached, (text, features) = self._wanted, self._render()
            await asyncio.to_thread(self._write, text, features)
            self._saved, self._duration = reached, time.monotonic() - started

    def _require_passphrase(self, state: ResourceState) -> None:
        """Find out in the preview, too, that a secret cannot be kept. Raises PassphraseError."""
        if any(True for _ in secret_texts([state.inputs, state.outputs])):
            self._crypter.require("encrypted")

    def _drop(self, state: ResourceState) -> None:
        with contextlib.suppress(ValueError):  # what was begun and never recorded is not there
            del self._olds[self._position(state)]

    def _position(self, state: ResourceState) -> int:
        """Find a record that was taken out, which since then may refer to others by new names. Raises ValueError."""
        return [_key(item) for item in self._olds].index(_key(state))

    def _render(self) -> tuple[str, set[str]]:
        resources = self.resources
        if findings := integrity_errors(resources):
            raise StepError(
                "the state would not be consistent, and is not saved (this is a defect):\n" + "\n".join(findings)
            )
        # First the resources: a stack gets its salt with its first secret.
        texts = [self._text(state) for state in resources]
        operations = [
            f'{{"resource":{self._text(item.resource)},"type":{_json(item.type)}}}'
            for item in {**self.interrupted, **self._pending}.values()
        ]
        provider = {"type": "passphrase", "state": {"salt": self._crypter.salt}} if self._crypter.salt else None
        members = {
            "manifest": _json(manifest(now_text())),
            "secrets_providers": _json(provider) if provider else "",
            "resources": f"[{','.join(texts)}]" if texts else "",
            "pending_operations": f"[{','.join(operations)}]" if operations else "",
            "metadata": _json(self._metadata),
        }
        text = ",".join(f'"{key}":{member}' for key, member in members.items() if member)
        return f"{{{text}}}", set().union(*(state.features for state in resources))

    def _text(self, state: ResourceState) -> str:
        """Give the JSON of a resource; made once, since states do not change."""
        known = self._texts.get(id(state))
        if known is None or known[0] is not state:
            known = self._texts[id(state)] = (state, _json(resource_to_json(state, self._crypter.encrypt)))
        return known[1]


def _key(state: ResourceState) -> tuple[str, bool, str]:
    return state.urn, state.delete, state.id


def _renamed(state: ResourceState, renamed: Callable[[str], str]) -> ResourceState:
    provider, _, id_ = state.provider.rpartition("::")
    return replace(
        state,
        urn=renamed(state.urn),
        parent=renamed(state.parent),
        dependencies=[renamed(urn) for urn in state.dependencies],
        property_dependencies={
            key: [renamed(urn) for urn in urns] for key, urns in state.property_dependencies.items()
        },
        provider="::".join((renamed(provider), id_)) if state.provider else "",
        deleted_with=renamed(state.deleted_with),
        replace_with=[renamed(urn) for urn in state.replace_with],
    )


def _without_references(state: ResourceState, known: set[str]) -> ResourceState:
    if state.references() <= known:
        return state
    return replace(
        state,
        dependencies=[urn for urn in state.dependencies if urn in known],
        property_dependencies={
            key: [urn for urn in urns if urn in known] for key, urns in state.property_dependencies.items()
        },
        deleted_with=state.deleted_with if state.deleted_with in known else "",
        replace_with=[urn for urn in state.replace_with if urn in known],
    )


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
