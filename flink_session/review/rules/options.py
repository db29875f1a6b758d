"""The configuration, option by option: what changes, what it was and what Flink's own default is, and what it does."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from flink_session.configuration.catalogue import CATALOGUE_SERIES, option_catalogue
from flink_session.configuration.findings import Finding, is_sensitive
from flink_session.configuration.flink_version import DEFAULT_SERIES
from flink_session.configuration.options import to_text
from flink_session.deployment.changes import Cause, InputChange

from ..changes import Judgement, impact_of
from ..model import Option
from ..sessions import SessionView

_PAGE = "https://nightlies.apache.org/flink/flink-docs-release-{series}/docs/deployment/config/#:~:text={key}"
_FOLLOWS = "follows from what was changed"


def options(view: SessionView, judgement: Judgement) -> Iterator[Option]:
    """Yield the options that change: those that the user changed first."""
    by_key = {item.name: cause for cause in judgement.change.causes for item in cause.inputs if item.is_option}
    inputs = {item.name: item for cause in judgement.change.causes for item in cause.inputs if item.is_option}
    series = _series(view)
    notes = _notes(view)
    effective = {item.key: item for item in judgement.change.options}
    knows_inputs = any(cause.inputs for cause in judgement.change.causes)

    def option(key: str, before: object, after: object, *, given: bool, effect: str) -> Option:
        match = option_catalogue(series).lookup(key)
        entry = match.entry if match else None
        return Option(
            key=key,
            before=_shown(key, before),
            after=_shown(key, after),
            default=entry.default if entry else None,
            type=entry.type if entry else "",
            given=given,
            effect=effect,
            notes=notes.get(key, ()),
            link=_PAGE.format(series=series, key=quote(entry.key, safe="").replace("-", "%2D")) if entry else "",
        )

    for key, item in sorted(inputs.items()):
        found = effective.get(key)
        values = (found.before, found.after) if found else (item.before, item.after)
        yield option(key, *values, given=True, effect=_effect(by_key[key], judgement, item))
    for key, found in sorted(effective.items()):
        if key not in inputs:
            effect = _FOLLOWS if knows_inputs else impact_of(judgement.change_class, judgement.jobs).words
            yield option(key, found.before, found.after, given=not knows_inputs, effect=effect)


def _effect(cause: Cause, judgement: Judgement, item: InputChange) -> str:
    if not cause.effects:
        return "changes nothing in the cluster"
    together = f" (together with {', '.join(other.name for other in cause.inputs if other != item)})"
    return impact_of(cause.change_class, judgement.jobs).words + (together if len(cause.inputs) > 1 else "")


def _series(view: SessionView) -> str:
    planned = next((half.planned for half in (view.after, view.before) if half and half.planned), None)
    series = planned.flink_version.series if planned else DEFAULT_SERIES
    return series if series in CATALOGUE_SERIES else CATALOGUE_SERIES[-1]


def _notes(view: SessionView) -> dict[str, tuple[str, ...]]:
    """Give what the descriptor warns of, by the option: what Flink will overwrite, ignore or misread."""
    notes: dict[str, tuple[str, ...]] = {}
    planned = view.after.planned if view.after else None
    for warning in planned.warnings if planned else ():
        notes[warning.key] = (*notes.get(warning.key, ()), f"{warning.rule}: {warning.fix}")
    return notes


def _shown(key: str, value: object) -> str | None:
    if value is None:
        return None
    if is_sensitive(key):
        return Finding(key, value, "", "").shown_value
    return to_text(value)
