"""What a command reaches outside of its process: clusters, other stacks, and the process of dynamic providers.

Everything is opened when it is first needed, shared by all runs of the command, and closed at its end.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from ..errors import PassphraseError, StepError
from ..stack.target import Target

if TYPE_CHECKING:
    from flink_session.api_server.cluster import Cluster
    from flink_session.api_server.kubeconfig import ClusterChoice

    from ..program.dynamic import DynamicProvider


class Outside:
    """See the module."""

    def __init__(self, target: Target, parallel: int, say: Callable[[str], None]) -> None:
        """`say` gets what the code of dynamic providers prints."""
        self._target, self._parallel, self.say = target, parallel, say
        self._clusters: dict[ClusterChoice, asyncio.Task[Cluster]] = {}
        self._dynamic: DynamicProvider | None = None

    async def cluster(self, choice: ClusterChoice) -> Cluster:
        """Give a cluster, with nothing sent to it yet. Raises ClusterError."""
        if choice not in self._clusters:
            self._clusters[choice] = asyncio.create_task(self._open(choice))
        return await asyncio.shield(self._clusters[choice])

    def dynamic(self, config: dict[str, Any]) -> DynamicProvider:
        """Give the process of dynamic providers."""
        from ..program.dynamic import DynamicProvider

        if self._dynamic is None:
            self._dynamic = DynamicProvider(self._target.project, config, self._tell)
        return self._dynamic

    def stack_outputs(self, name: str) -> dict[str, Any]:
        """Give the outputs of another stack of the same backend. Raises StepError, BackendError."""
        try:
            return self._target.outputs_of(name)
        except PassphraseError as error:
            raise StepError(f"the outputs of the stack {name!r} cannot be read: {error}") from error

    def _tell(self, line: str) -> None:
        self.say(line)  # whoever listens now

    async def close(self) -> None:
        """Close everything."""
        for task in self._clusters.values():
            with contextlib.suppress(Exception):
                await (await task).close()
        if self._dynamic is not None:
            await self._dynamic.close()

    async def _open(self, choice: ClusterChoice) -> Cluster:
        from flink_session.api_server.cluster import Cluster
        from flink_session.api_server.kubeconfig import open_connection

        return Cluster(await asyncio.to_thread(open_connection, choice), self._parallel)


@contextlib.asynccontextmanager
async def opened(target: Target, parallel: int, say: Callable[[str], None]) -> AsyncIterator[Outside]:
    """Give what a command reaches, and close it at the end."""
    outside = Outside(target, parallel, say)
    try:
        yield outside
    finally:
        await outside.close()
