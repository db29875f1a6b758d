"""Waiting until an object is ready, or gone: by watches, so that changes are seen at once and can be told."""

from __future__ import annotations

import asyncio

from flink_session.api_server.cluster import Cluster
from flink_session.api_server.errors import ApiError, RequestError
from flink_session.api_server.kinds import POD, Kind, Manifest

from ...errors import StepError, StoppedError, UnreadyError
from ...model.resource import Report
from . import readiness
from .evidence import Since
from .logs import last_lines
from .problems import Problem
from .readiness import Progress
from .rules import DEFINITION, Assess, rule_of
from .view import View

DEFAULT_TIMEOUT = 600.0
"""Seconds to wait for an object, unless the program says otherwise; the Pulumi provider's default."""
_TOUCH_SECONDS = 10.0
"""After which an API server that does not answer is not asked any more to have a controller try again."""


class Patience:
    """Tells a permanent problem from a passing one, by how long it has been there."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def lost(self, problems: list[Problem], now: float) -> bool:
        """Say whether one of the present problems has outlasted its patience; absent ones are forgotten."""
        self._since = {problem.key: self._since.get(problem.key, now) for problem in problems}
        return any(p.patience is not None and now - self._since[p.key] >= p.patience for p in problems)


async def wait_until_ready(
    cluster: Cluster,
    kind: Kind,
    live: Manifest,
    timeout: float,
    report: Report,
    stopping: asyncio.Event | None = None,
) -> Manifest:
    """Wait for an object by its annotation `waitFor`, or else by its kind's rule, and give it as it then is.

    Args:
        cluster: where it is.
        kind: of the object.
        live: the object, as it was written.
        timeout: in seconds.
        report: gets what is waited for.
        stopping: set when nothing is to be waited for any more.

    Raises:
        StepError: the annotation is malformed.
        UnreadyError: a permanent problem, the timeout, or an interruption.
    """
    namespace, name = live["metadata"].get("namespace", ""), live["metadata"]["name"]
    rule = await rule_of(cluster, kind, live)
    if rule is None:
        return live
    assess, companions = rule
    view = View(cluster, Since(cluster.now), stopping or asyncio.Event())
    followed = [view.follow(kind, namespace, required=True, fieldSelector=f"metadata.name={name}")]
    followed += [view.follow(other, namespace, required=False, **selector) for other, selector in companions]
    if kind.kind == DEFINITION:
        followed.append(view.follow_kinds(readiness.defined_kinds(live)))
    tasks = [asyncio.create_task(coroutine) for coroutine in followed]
    try:
        return await _watch_until_ready(view, kind, live, timeout, assess, report)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def wait_until_gone(
    cluster: Cluster,
    kind: Kind,
    namespace: str,
    name: str,
    uid: str,
    timeout: float,
    report: Report,
    stopping: asyncio.Event | None = None,
) -> None:
    """Wait until an object, and with foreground deletion all it owns, is gone; arguments as of `wait_until_ready`.

    Raises:
        StepError: the time is up.
        StoppedError: an interruption.
    """
    view = View(cluster, Since(cluster.now), stopping or asyncio.Event())
    task = asyncio.create_task(view.follow(kind, namespace, required=True, fieldSelector=f"metadata.name={name}"))
    try:
        async for _ in view.changes(asyncio.get_running_loop().time() + timeout):
            item = view.objects[kind.kind].get(name) if kind.kind in view.synced else {"metadata": {"uid": uid}}
            if item is None or (uid and item["metadata"].get("uid") != uid):
                return
            if kind.kind in view.synced:
                held = ", ".join(item["metadata"].get("finalizers") or [])
                report("waiting for it, and what it owns, to end" + (f"; it is held by {held}" if held else ""))
    except StoppedError:
        identity = f"{kind.kind} {kind.identity(namespace, name)}"
        why = "since the run was interrupted: it is deleted, and not gone yet"
        raise StoppedError({}, [f"{identity} was not waited for any longer, {why}"]) from None
    except ApiError as error:
        if error.code == 404:  # what has defined its kind was deleted meanwhile, and so it with it
            return
        raise
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    blockers = ", ".join((item or {}).get("metadata", {}).get("finalizers") or ["unknown"])
    raise StepError(
        f"{kind.kind} {kind.identity(namespace, name)} was not gone after {timeout:.0f} s; finalizers: {blockers}"
    )


async def _watch_until_ready(
    view: View,
    kind: Kind,
    live: Manifest,
    timeout: float,
    assess: Assess,
    report: Report,
) -> Manifest:
    name, uid = live["metadata"]["name"], live["metadata"].get("uid")
    identity = kind.identity(live["metadata"].get("namespace", ""), name)
    patience, started = Patience(), asyncio.get_running_loop().time()
    found: list[Problem] = []
    progress = Progress(False)
    try:
        async for now in view.changes(started + timeout):
            if kind.kind not in view.synced:
                continue
            current = view.objects[kind.kind].get(name) or {"metadata": {}}
            if current["metadata"].get("uid") != uid or current["metadata"].get("deletionTimestamp"):
                raise StepError(f"{kind.kind} {identity} was deleted by somebody else while it was waited for")
            if current["metadata"].get("generation", 0) >= live["metadata"].get("generation", 0):
                live = current
            progress, found = assess(view, live, now - started)
            if progress.ready:
                return live
            report("; ".join([progress.message, *(problem.message for problem in found)]))
            await _try_again(view, found)
            if patience.lost(found, now):
                raise await _unready(
                    view, live, f"{kind.kind} {identity} cannot become ready: {progress.message}", found
                )
    except StoppedError:
        why = f"since the run was interrupted: {progress.message or 'it was just written'}"
        raise StoppedError(live, [f"{kind.kind} {identity} was not waited for any longer, {why}"]) from None
    what = f"{kind.kind} {identity} was not ready after {timeout:.0f} s: {progress.message}"
    raise await _unready(view, live, what, found)


async def _unready(view: View, live: Manifest, what: str, found: list[Problem]) -> UnreadyError:
    log = await last_lines(view.cluster, live, view.all(POD))
    return UnreadyError(live, [what, *(problem.message for problem in found)], log)


async def _try_again(view: View, found: list[Problem]) -> None:
    """Have the controllers that have met with a problem try again now, once; they may pause for a quarter of an hour.

    Who may not do that waits for them.
    """
    for owner in (problem.retried_by for problem in found):
        if owner is None or owner.uid in view.touched:
            continue
        try:
            touching = view.cluster.touch(owner.kind, owner.namespace, owner.name)
            await asyncio.wait_for(touching, _TOUCH_SECONDS)
            view.touched[owner.uid] = True
        except (RequestError, TimeoutError):
            view.touched[owner.uid] = False
