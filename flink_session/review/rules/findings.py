"""What to look at before this is deployed: what descriptor, policies and engine say, and what only `up` would show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..facts import Facts
from ..model import Finding, Severity
from ..preview import Preview, Remark
from ..sessions import SessionView
from .cluster_limits import cluster_limits
from .high_availability import high_availability
from .references import references
from .services import services
from .slots import slots

Detector = Callable[[SessionView, Facts], Iterator[Finding]]

DETECTORS: tuple[Detector, ...] = (references, cluster_limits, services, high_availability, slots)
"""Green preview, red `up`: each looks for one kind of that. docs/review.md says how to add one."""

_SEVERITIES: dict[str, Severity] = {"error": "error", "warning": "warning"}


def findings(preview: Preview, view: SessionView, facts: Facts) -> Iterator[Finding]:
    """Yield what is to be said of a session, errors first."""
    found = list(remarks(remark for remark in preview.remarks if remark.urn in view.urns))
    said = " ".join(item.message for item in found)
    planned = view.after.planned if view.after else None
    for warning in planned.warnings if planned else ():
        if warning.rule not in said:
            kind = {"severity": warning.severity, "rule": "descriptor"}
            found.append(Finding.model_validate({**kind, "subject": warning.key, "message": str(warning)}))
    for detector in DETECTORS:
        found += detector(view, facts)
    yield from sorted(found, key=lambda finding: ("error", "warning", "info").index(finding.severity))


def remarks(said: Iterable[Remark]) -> Iterator[Finding]:
    """Yield what an engine or a policy has said, each once, with all that it was said of."""
    about: dict[tuple[str, str, str], list[str]] = {}
    for remark in said:
        about.setdefault((remark.severity, remark.message, remark.policy), []).append(remark.urn.rpartition("::")[2])
    for (severity, message, policy), subjects in about.items():
        yield Finding(
            severity=_SEVERITIES.get(severity, "info"),
            rule=f"policy {policy}" if policy else "engine",
            subject=", ".join(filter(None, dict.fromkeys(subjects))),
            message=message,
        )
