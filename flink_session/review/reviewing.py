"""From a preview to its review. Plain values in, plain values out: the same preview gives the same review."""

from __future__ import annotations

from collections.abc import Iterable

from .changes import Judgement, judge
from .facts import NO_PRICES, NOTHING_ASKED, Facts, Prices
from .model import Impact, Review, Session, Verdict
from .preview import SESSION_TYPE, STACK_TYPE, Preview
from .rules.causes import causes
from .rules.files import files
from .rules.findings import findings, remarks
from .rules.jobs import jobs
from .rules.objects import objects
from .rules.options import options
from .rules.secrets import secrets
from .rules.sizes import size
from .sessions import SessionView, find_sessions


def review(preview: Preview, facts: Facts = NOTHING_ASKED, prices: Prices = NO_PRICES) -> Review:
    """Review a preview.

    Args:
        preview: what would be done.
        facts: what is known of the cluster.
        prices: what an hour costs; without, no cost is said.
    """
    views = [(view, judge(view)) for view in find_sessions(preview)]
    sessions = sorted((_session(preview, *item, facts, prices) for item in views), key=_order)
    claimed = {urn for view, _ in views for urn in view.urns}
    rest = [change for change in preview.changes if change.urn not in claimed]
    doubts = [doubt for _, judgement in views for doubt in judgement.doubts]
    return Review(
        source=preview.source,
        verdict=worst(session.verdict for session in sessions),
        sessions=tuple(sessions),
        others=tuple(objects(preview, (item for item in rest if item.type not in (STACK_TYPE, SESSION_TYPE)))),
        findings=tuple(remarks(item for item in preview.remarks if item.urn not in claimed)),
        secrets=tuple(secrets(rest)),
        gaps=tuple(dict.fromkeys((*preview.gaps, *facts.gaps, *doubts))),
    )


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Give the worst of verdicts; it is certain only if all are."""
    found = list(verdicts)
    if not found:
        return Verdict(impact=Impact.NO_EFFECT, words="no session cluster changes")
    chosen = max(found, key=lambda verdict: verdict.impact.rank)
    return chosen.model_copy(update={"certain": all(verdict.certain for verdict in found)})


def _order(session: Session) -> tuple[int, str]:
    return -session.verdict.impact.rank, session.name


def _session(preview: Preview, view: SessionView, judgement: Judgement, facts: Facts, prices: Prices) -> Session:
    return Session(
        name=view.name,
        cluster_id=view.cluster_id,
        namespace=view.namespace,
        verdict=judgement.verdict,
        jobs=jobs(view, judgement, facts),
        causes=tuple(causes(preview, view, judgement)),
        options=tuple(options(view, judgement)),
        files=tuple(files(view)),
        before=size(view.before, prices),
        after=size(view.after, prices),
        objects=tuple(objects(preview, view.children)),
        findings=tuple(findings(preview, view, facts)),
        secrets=tuple(secrets(view.children)),
    )
