"""What a revision adds: two previews against one state, so that what both of them would do is nobody's news."""

from __future__ import annotations

from dataclasses import replace

from .preview import Operation, Preview, ResourceChange, in_order


def added_by(head: Preview, base: Preview) -> Preview:
    """Give what `head` would do if `base` had been deployed; what stays the same has to be in both."""
    old = {change.urn: change for change in base.changes if change.operation != "delete"}
    new = {change.urn: change for change in head.changes if change.operation != "delete"}
    changes = [_between(old.get(urn), change) for urn, change in new.items()]
    changes += [
        replace(change, operation="delete", before=change.after, after=None, paths=(), forcing=(), cause="")
        for urn, change in old.items()
        if urn not in new
    ]
    said = {(item.severity, item.message, item.urn) for item in base.remarks}
    remarks = tuple(item for item in head.remarks if (item.severity, item.message, item.urn) not in said)
    gaps = tuple(dict.fromkeys((*head.gaps, *(f"of the base: {gap}" for gap in base.gaps))))
    return Preview(in_order(changes), remarks, f"{head.source}, compared with {base.source}", gaps)


def _between(base: ResourceChange | None, head: ResourceChange) -> ResourceChange:
    if base is None:
        return replace(head, operation="create", before=None, paths=(), forcing=(), cause="")
    forcing = tuple(path for path in head.forcing if path not in base.forcing)
    secrets = {
        path: (base.secrets.get(path, ("", ""))[1], head.secrets.get(path, ("", ""))[1])
        for path in head.secrets.keys() | base.secrets.keys()
    }
    moved = base.after != head.after or any(one != other for one, other in secrets.values())
    replaced = head.operation == "replace" and (base.operation != "replace" or bool(forcing))
    operation: Operation = "replace" if replaced and (moved or head.cause) else "update" if moved else "same"
    paths = tuple(path for path in head.paths if path not in base.paths) or head.paths
    return replace(
        head,
        operation=operation,
        before=base.after,
        paths=paths if moved else (),
        forcing=forcing if replaced else (),
        secrets=secrets,
        cause=head.cause if replaced else "",
    )
