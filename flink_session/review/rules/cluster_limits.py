"""Quotas and limit ranges of the namespace, and rights of the service account, against what the session asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from flink_session.kubernetes.checks.quantities import parse_quantity

from ..facts import Facts, Namespace, Prices
from ..model import Claim, Finding, Severity, Size
from ..sessions import SessionView
from .amounts import bytes_shown
from .sizes import size


def cluster_limits(view: SessionView, facts: Facts) -> Iterator[Finding]:
    """Yield what the namespace will refuse: at once, or when TaskManagers are asked for."""
    namespace, after = facts.namespaces.get(view.namespace), size(view.after, Prices())
    if namespace is None:
        return
    if after is not None:
        before = size(view.before, Prices())
        yield from _quotas(namespace, after, before)
        yield from _limit_ranges(namespace, after)
    planned = view.after.planned if view.after else None
    account = planned.service_account_name if planned and planned.service_account is None else ""
    missing = namespace.missing_rights.get(account, ())
    if missing:
        yield Finding(
            severity="error",
            rule="service-account-rights",
            subject=f"ServiceAccount {account}",
            message=f"the service account {account} may not {', '.join(missing)}, so no TaskManager can be made",
            fix="give it these rights, or leave service_account out: then one is made with exactly them",
        )


def _quotas(namespace: Namespace, after: Size, before: Size | None) -> Iterator[Finding]:
    held = _amounts(before.least) if before else {}
    for quota, free in sorted(namespace.free.items()):
        for resource in sorted(free):
            left, needed = parse_quantity(free[resource]), _amounts(after.least).get(resource)
            if left is None or needed is None:
                continue
            left += held.get(resource, Fraction(0))
            most = _amounts(after.most).get(resource) if after.most else None
            if needed > left:
                yield _too_much("error", quota, resource, "at least", needed, left)
            elif most is not None and most > left:
                yield _too_much("warning", quota, resource, "up to", most, left)


def _too_much(severity: Severity, quota: str, resource: str, extent: str, asked: Fraction, left: Fraction) -> Finding:
    return Finding(
        severity=severity,
        rule="quota",
        subject=f"ResourceQuota {quota}",
        message=f"the session asks for {extent} {_amount(resource, asked)} of {resource}, and the quota {quota} leaves "
        f"{_amount(resource, left)}",
        fix="raise the quota, or make the session smaller",
    )


def _limit_ranges(namespace: Namespace, after: Size) -> Iterator[Finding]:
    for name, limits in sorted(namespace.limits.items()):
        for role, process in (("JobManager", after.job_manager), ("TaskManager", after.task_manager)):
            asked = {"cpu": Fraction(process.cpu), "memory": Fraction(process.memory)}
            for resource, needed in asked.items():
                most = parse_quantity(limits.get(resource, ""))
                if most is not None and needed > most:
                    yield Finding(
                        severity="error" if role == "JobManager" else "warning",
                        rule="limit-range",
                        subject=f"LimitRange {name}",
                        message=f"a {role} asks for {_amount(resource, needed)} of {resource}, and the limit range "
                        f"{name} allows {_amount(resource, most)} for a container",
                        fix="raise the limit, or make it smaller",
                    )


def _amounts(claim: Claim) -> Mapping[str, Fraction]:
    cpu, memory = Fraction(claim.cpu), Fraction(claim.memory)
    return {"cpu": cpu, "requests.cpu": cpu, "memory": memory, "requests.memory": memory}


def _amount(resource: str, amount: Fraction) -> str:
    return bytes_shown(float(amount)) if resource.endswith("memory") else f"{float(amount):g} cores"
