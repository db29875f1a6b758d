"""Why something happens: the chain from what was changed to each effect, and from one resource to the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flink_session.deployment.changes import Cause as CoreCause
from flink_session.deployment.changes import Effect

from ..changes import Judgement, impact_of
from ..model import Cause, Impact
from ..preview import Preview, ResourceChange
from ..sessions import SessionView


def causes(preview: Preview, view: SessionView, judgement: Judgement) -> Iterator[Cause]:
    """Yield the causes of a session's change, the worst first."""
    found = [_of(cause, judgement) for cause in judgement.change.causes if cause.inputs or cause.effects]
    maker = view.jobmanager
    if maker and maker.operation == "replace" and judgement.change_class > judgement.change.change_class:
        chain = (*cascade(preview, maker), judgement.verdict.words)
        found.append(Cause(impact=Impact.SESSION_REPLACED, chain=chain))
    yield from sorted(_together(found), key=lambda cause: -cause.impact.rank)


def _together(causes: Iterable[Cause]) -> Iterator[Cause]:
    """Make one of those that lead to the same in the same way."""
    first: dict[tuple[Impact, tuple[str, ...]], list[str]] = {}
    for cause in causes:
        first.setdefault((cause.impact, cause.chain[1:]), []).append(cause.chain[0])
    for (impact, rest), begins in first.items():
        yield Cause(impact=impact, chain=(", ".join(begins), *rest))


def _of(cause: CoreCause, judgement: Judgement) -> Cause:
    impact = impact_of(cause.change_class, judgement.jobs)
    chain = [", ".join(map(str, cause.inputs))] if cause.inputs else []
    if not cause.effects:
        return Cause(impact=impact, chain=(*chain, "nothing in the cluster changes"))
    last = max(cause.effects, key=lambda effect: effect.change_class)
    if last.of_files:
        files = [effect for effect in cause.effects if effect.kind in ("ConfigMap", "Secret") and effect.path]
        chain += [f"{effect.path[-1]} in {effect.kind} {effect.name} changes" for effect in files]
        chain.append("its checksum is in the pod template of the JobManager")
    else:
        chain.append(_place(last))
    return Cause(impact=impact, chain=(*chain, last.text))


def _place(effect: Effect) -> str:
    path = ".".join(map(str, effect.path))
    return f"{effect.kind} {effect.name}" + (f": {path}" if path else f" is {_DONE[effect.operation]}")


_DONE = {"create": "made", "delete": "deleted", "replace": "replaced", "update": "updated"}


def cascade(preview: Preview, change: ResourceChange) -> tuple[str, ...]:
    """Give why a resource is replaced, back to the first one that has changed itself; clauses, the first cause first.

    An engine does not tell in its digest that a resource is replaced with another one that its properties come from.
    """
    return tuple(reversed(list(_back(preview.by_urn(), change, set()))))


def _back(by_urn: Mapping[str, ResourceChange], change: ResourceChange, seen: set[str]) -> Iterator[str]:
    seen.add(change.urn)
    if change.cause:
        yield f"{change.kind} {change.name} is replaced: {change.cause}"
        return
    if change.forcing:
        forcing = " and ".join(change.forcing)
        yield f"{change.kind} {change.name} is replaced, since {forcing} cannot be changed in place"
        return
    for field, urns in sorted(change.depends_on.items()):
        for urn in urns:
            other = by_urn.get(urn)
            if other is not None and other.operation in ("replace", "delete") and urn not in seen:
                link = f"its {field} comes from {other.kind} {other.name}, which is {_DONE[other.operation]}"
                yield f"{change.kind} {change.name} is replaced, since {link}"
                yield from _back(by_urn, other, seen)
                return
    yield f"{change.kind} {change.name} is replaced, and the preview does not say why"
