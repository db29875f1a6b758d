"""What a service account that somebody brings may not do, though a JobManager has to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flink_session.configuration import IllegalConfigurationError
from flink_session.deployment.planning import plan
from flink_session.review.sessions import SessionView, no_file

if TYPE_CHECKING:
    import httpx2

_REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"


@dataclass(frozen=True, slots=True)
class Account:
    """A service account, and the rules of the Role that would be made for a session that brings none."""

    namespace: str
    name: str
    rules: tuple[dict[str, Any], ...]


def brought_accounts(view: SessionView) -> Iterator[Account]:
    """Yield the account of a session, if it is not one of ours."""
    after = view.after
    if after is None or after.planned is None or after.args is None or after.planned.service_account is not None:
        return
    try:
        own = plan({key: value for key, value in after.args.items() if key != "service_account"}, no_file)[1].role
    except IllegalConfigurationError:
        return
    if own is not None:
        yield Account(view.namespace, after.planned.service_account_name, tuple(own["rules"]))


async def missing_rights(client: httpx2.AsyncClient, account: Account) -> tuple[str, ...] | None:
    """Give what an account may not do, as `create pods`; None where that may not be asked."""
    wanted = [
        (verb, group, resource, name)
        for rule in account.rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
        for name in rule.get("resourceNames", [""])
    ]
    answers = await asyncio.gather(*(_may(client, account, *item) for item in wanted))
    if None in answers:
        return None
    return tuple(f"{verb} {resource}" for (verb, _, resource, _), may in zip(wanted, answers, strict=True) if not may)


async def _may(
    client: httpx2.AsyncClient, account: Account, verb: str, group: str, resource: str, name: str
) -> bool | None:
    attributes = {"namespace": account.namespace, "verb": verb, "group": group, "resource": resource, "name": name}
    user = f"system:serviceaccount:{account.namespace}:{account.name}"
    groups = ["system:serviceaccounts", f"system:serviceaccounts:{account.namespace}", "system:authenticated"]
    spec = {"user": user, "groups": groups, "resourceAttributes": attributes}
    body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    response = await client.post(_REVIEWS, json=body)
    return bool(response.json()["status"].get("allowed")) if response.status_code == 201 else None
