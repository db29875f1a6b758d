"""What can be done about it where an object may not be made, or not changed: in the words of its cause."""

from __future__ import annotations

from flink_session.api_server.errors import ApiError
from flink_session.api_server.kinds import Kind, Manifest
from flink_session.errors import UserError

from ..errors import StepError, TakenError
from . import field_managers
from .annotations import FORCE
from .kinds import described
from .outputs import identity_of


def explained(kind: Kind, inputs: Manifest, error: ApiError) -> UserError:
    """Say what can be done about a conflict, or a right that may not be given; any other error speaks for itself."""
    if error.code == 403 and kind.group == "rbac.authorization.k8s.io":
        return StepError(
            f"{error}\nNobody may grant rights that he does not have himself. "
            f"Let an administrator create this {kind.kind}, "
            "or use an account that has its rights already (FlinkSessionCluster takes one as `service_account`; "
            "docs/permissions.md)"
        )
    causes = error.details.get("causes") or []
    if any(cause.get("reason") == "NamespaceTerminating" for cause in causes):
        return namespace_leaves(identity_of(inputs)[0])
    if not error.conflicts:
        return error
    fields = "\n".join(f"  {conflict.field} is managed by {conflict.manager!r}" for conflict in error.conflicts)
    return StepError(
        f"{described(kind, inputs)} has fields that somebody else has taken over since:\n{fields}\n"
        f'take them back with the annotation {FORCE}: "true", '
        "or leave them alone with the option ignore_changes"
    )


def namespace_leaves(namespace: str) -> StepError:
    """Say that nothing can be made in a namespace which is on its way out."""
    return StepError(
        f"the namespace {namespace!r} is being deleted, and nothing can be made in it; wait until it is gone "
        f"(`kubectl get namespace {namespace} --output yaml` tells what it waits for), and then create it again, "
        "or let it be part of the program"
    )


def taken(kind: Kind, inputs: Manifest, live: Manifest) -> TakenError:
    """Say that the object is there, and whose it is."""
    # Other stacks' managers differ from object to object, and say no more than that.
    names = {
        "another stack" if name.startswith(("pulumi-kubernetes-", "flink-session-")) else name
        for name in field_managers.managers(live)
    }
    by = ", ".join(sorted(names)) or "somebody else"
    return TakenError(described(kind, inputs), (f"{kind.api_version}/{kind.kind}", *identity_of(inputs)), by)
