"""Which way to a session is taken: the first one that answers.

Written once, as calls are, for blocking and for asynchronous programs: a generator that says whom to ask what, and is
told the answer or the error. The way that it asks last is the one that is taken.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from flink_session.api_server.kubeconfig import ClusterChoice, find_endpoint

from .access.api_server import ApiServer
from .access.direct import Direct, Tls
from .access.kubernetes import find_session, ways
from .access.way import Access
from .calls.cluster import features
from .errors import FlinkError, UnreachableError
from .exchange import Call
from .http import AsyncHttp, BlockingHttp
from .outputs import SessionOutputs
from .runners import Awaiting, Blocking

_LOOKING = 10.0
"""Seconds that the API server has to say where a session is."""
_PROBE = 2.0
"""Seconds that a way to a session has to show that it works."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Asks by a way, within so many seconds."""

    access: Access
    call: Call[Any]
    seconds: float


Choosing = Generator[Ask, Any, tuple[str, ...]]
"""Ends with the ways that were tried before the one that is taken, each with the reason why it was not."""


def of_session(
    cluster_id: str, namespace: str | None, choice: ClusterChoice, tls: Tls | None, tried: Iterable[str] = ()
) -> Choosing:
    """Choose the way to a session on Kubernetes, after those that were tried. Raises as `for_session` does."""
    endpoint, reasons = find_endpoint(choice), list(tried)
    session = yield Ask(ApiServer(endpoint), find_session(cluster_id, namespace or endpoint.namespace), _LOOKING)
    found = ways(session, endpoint, inside="KUBERNETES_SERVICE_HOST" in os.environ, tls=tls)
    if not (yield from _first_that_answers(found, reasons)):
        lines = "".join(f"\n  {line}" for line in reasons)
        raise UnreachableError(f"session cluster {cluster_id!r} is there, and no way to it works:{lines}")
    return tuple(reasons)


def of_outputs(outputs: SessionOutputs, choice: ClusterChoice, tls: Tls | None) -> Choosing:
    """Choose the address that a component gives, else a way on Kubernetes. Raises as `from_outputs` does."""
    reasons: list[str] = []
    url = outputs.rest_endpoint
    if url and (yield from _first_that_answers([Direct(url, tls or Tls(), how="the output rest_endpoint")], reasons)):
        return ()
    if outputs.missing:
        raise UnreachableError(f"{reasons[0]}; no other way is known: the outputs have no {outputs.missing}")
    trusting = Tls() if tls is None and url.startswith("https:") else tls
    return (yield from of_session(outputs.cluster_id, outputs.namespace, choice, trusting, reasons))


def _first_that_answers(found: Iterable[Access], reasons: list[str]) -> Generator[Ask, Any, bool]:
    for access in found:
        try:
            yield Ask(access, features(), _PROBE)
        except FlinkError as error:
            reasons.append(f"{access.description}: {error}")
        else:
            return True
    return False


def choose(choosing: Choosing) -> tuple[BlockingHttp, tuple[str, ...]]:
    """Give the way that a blocking program takes, opened, and what was tried before."""
    http: BlockingHttp | None = None
    go_on: Callable[[], Ask] = partial(next, choosing)
    try:
        while True:
            ask = go_on()
            if http:
                http.close()
            http = BlockingHttp(ask.access)
            try:
                go_on = partial(choosing.send, Blocking(http.send, ask.seconds).run(ask.call))
            except FlinkError as error:
                go_on = partial(choosing.throw, error)
    except StopIteration as chosen:
        assert http is not None  # noqa: S101 (there is no choice without an answer)
        return http, chosen.value
    except BaseException:
        if http:
            http.close()
        raise


async def choose_awaiting(choosing: Choosing) -> tuple[AsyncHttp, tuple[str, ...]]:
    """Give the way that an asynchronous program takes, opened, and what was tried before."""
    http: AsyncHttp | None = None
    go_on: Callable[[], Ask] = partial(next, choosing)
    try:
        while True:
            ask = go_on()
            if http:
                await http.aclose()
            http = AsyncHttp(ask.access)
            try:
                go_on = partial(choosing.send, await Awaiting(http.send, ask.seconds).run(ask.call))
            except FlinkError as error:
                go_on = partial(choosing.throw, error)
    except StopIteration as chosen:
        assert http is not None  # noqa: S101
        return http, chosen.value
    except BaseException:
        if http:
            await http.aclose()
        raise
