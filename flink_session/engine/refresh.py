"""Bringing the state up to what is in the cluster: what others changed, and what is no longer there."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from .deployment import Deployment
from .diff import compare, prune
from .errors import EngineError
from .journal import now_text
from .kinds import Kind, is_object
from .outputs import comparable, identity_of, manager_of, outputs_of
from .plan import Step
from .readiness import is_ready
from .state import ResourceState
from .urn import PROVIDER_TYPE_PREFIX
from .values import mark_secrets, plain


async def refresh(deployment: Deployment) -> None:
    """Read every object of the state, and record it as it is. Nothing in the cluster is changed.

    As in the CLI, what the state has as the inputs follows the object, so that the next preview shows what it would
    put right; unlike there, what is known of dependencies is kept.
    """
    journal = deployment.journal
    states = journal.remaining()
    await asyncio.gather(*(_refresh(deployment, state) for state in states if _is_object(state)))
    journal.drop_dangling_references()
    for state in states:
        if not _is_object(state) and not state.type.startswith(PROVIDER_TYPE_PREFIX) and not state.delete:
            deployment.display.started(state.urn, "same")
            deployment.finished(Step("same", state.urn, state, state))
    try:
        await journal.save()
    except EngineError as error:
        deployment.fail(str(error))


def _is_object(state: ResourceState) -> bool:
    return is_object(state.type) and not (state.delete or state.pending_replacement or state.external)


async def _refresh(deployment: Deployment, state: ResourceState) -> None:
    journal = deployment.journal
    try:
        provider = await deployment.providers.of_state(state)
        kind = await provider.kind_of(state.type)
        live = await provider.cluster.get(kind, *identity_of(state.outputs or state.inputs))
    except EngineError as error:
        deployment.fail(str(error), state.urn)
        return
    if live is None:
        deployment.display.started(state.urn, "delete")
        journal.remove(state)
        deployment.finished(Step("delete", state.urn, old=state))
        return
    found = refreshed(kind, state, live)
    if found != state:
        journal.put_back(state, found)
    interruption = journal.interrupted.get(state.urn)
    if interruption and interruption.type != "creating":
        journal.forget_interruption(state.urn)
    changes = tuple(compare(comparable(plain(state.outputs)), comparable(live)))
    operation = "update" if changes or found.init_errors != state.init_errors else "same"
    deployment.display.started(state.urn, operation)
    deployment.finished(Step(operation, state.urn, state, found, changes))


def refreshed(kind: Kind, state: ResourceState, live: dict[str, Any]) -> ResourceState:
    """Give the state of a resource whose object was found like this."""
    inputs = mark_secrets(prune(live, state.inputs), state.inputs)
    outputs = outputs_of(live, inputs, manager_of(state.outputs))
    init_errors = [] if is_ready(kind, live) else state.init_errors
    if outputs == state.outputs and inputs == state.inputs and init_errors == state.init_errors:
        return state
    return replace(state, inputs=inputs, outputs=outputs, init_errors=init_errors, modified=now_text())
