"""Bringing the state up to what there is: what others changed, and what is no longer there."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from flink_session.errors import UserError

from ..kubernetes_provider.live import is_going
from ..kubernetes_provider.outputs import comparable
from ..model.diff import compare
from ..model.plan import Step
from ..model.state import ResourceState
from ..model.urn import PROVIDER_TYPE_PREFIX
from ..model.values import plain, with_secrets
from ..stack.journal import now_text
from .deployment import Deployment


async def refresh(deployment: Deployment) -> None:
    """Read every resource of the state, and record it as it is. Nothing but the state is changed.

    As in the CLI, what the state has as the inputs follows the resource, so that the next preview shows what it would
    put right; unlike there, what is known of dependencies is kept.
    """
    journal = deployment.journal
    states = journal.remaining()
    readable = [state for state in states if _is_readable(deployment, state)]
    await asyncio.gather(*(_refresh(deployment, state) for state in readable))
    journal.drop_dangling_references()
    for state in states:
        if state not in readable and not state.type.startswith(PROVIDER_TYPE_PREFIX) and not state.delete:
            deployment.finished(Step("same", state.urn, state, state))
    try:
        await journal.save()
    except UserError as error:
        deployment.fail(str(error))


def _is_readable(deployment: Deployment, state: ResourceState) -> bool:
    present = state.custom and not (state.delete or state.pending_replacement or state.external)
    return present and deployment.providers.knows(state.type)


async def _refresh(deployment: Deployment, state: ResourceState) -> None:
    journal = deployment.journal
    try:
        found = await (await deployment.providers.of_state(state)).read(state)
    except UserError as error:
        deployment.fail(str(error), state.urn)
        return
    if found is None:
        journal.remove(state)
        deployment.finished(Step("delete", state.urn, old=state))
        return
    found = replace(found, outputs=with_secrets(found.outputs, state.additional_secret_outputs))
    if found != state:
        found = replace(found, modified=now_text())
        journal.put_back(state, found)
    interruption = journal.interrupted.get(state.urn)
    if interruption and not interruption.is_half_made and not is_going(found.outputs):
        journal.forget_interruption(state.urn)
    changes = tuple(compare(comparable(plain(state.outputs)), comparable(plain(found.outputs))))
    operation = "update" if changes or found.init_errors != state.init_errors else "same"
    deployment.finished(Step(operation, state.urn, state, found, changes))
