"""No document makes a review fail, and nothing in one is more than text, in any form."""

import io
import json
import random
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from flink_session.errors import UserError
from flink_session.review.facts import Facts, RunningJob
from flink_session.review.render.html import to_html
from flink_session.review.render.json import to_json
from flink_session.review.render.markdown import LIMIT, to_markdown
from flink_session.review.render.terminal import show
from flink_session.review.reviewing import review
from flink_session.review.sources.choosing import read_preview, read_two_states
from tests.support.review.corpus import HA
from tests.support.review.hostile import TEXTS, mutated, poisoned
from tests.support.review.previews import digest

pytestmark = pytest.mark.slow

RECORDINGS = Path(__file__).resolve().parents[1] / "recordings"
MUTATIONS = 2_000
TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "header",
        "section",
        "div",
        "h1",
        "h2",
        "h3",
        "p",
        "ul",
    ),
    *(
        "li",
        "code",
        "pre",
        "span",
        "a",
        "br",
        "strong",
        "table",
        "blockquote",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
    ),
    *("summary", "svg", "rect", "path", "text", "g"),
}


MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")


class Tags(HTMLParser):
    """Takes a document apart, and holds it against what the template has."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attributes:
            assert not name.startswith("on"), name
            assert name != "href" or str(value).startswith("https://nightlies.apache.org/flink/"), value
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(text: str, facts: Facts = Facts()) -> None:  # noqa: B008 (it is immutable)
    try:
        found = review(read_preview(text, "a preview"), facts)
    except UserError:
        return
    json.loads(to_json(found))
    markdown = to_markdown(found)
    assert len(markdown) <= LIMIT
    for rendered in (to_html(found), MARKDOWN.render(markdown)):
        tags = Tags()
        tags.feed(rendered)
        assert tags.open == []
    shown = io.StringIO()
    show(found, Console(file=shown, width=100, markup=False, highlight=False))
    for form in (markdown, shown.getvalue()):
        assert "\x1b" not in form
        assert "\u202e" not in form
        form.encode()


def documents() -> list[Any]:
    recorded = [json.loads(path.read_text()) for path in sorted(RECORDINGS.glob("*.digest.json"))]
    ours = digest(HA, {**HA, "task_manager": {"slots": 2}, "logging": {"levels": {"a.b": "DEBUG"}}})
    return [*recorded, ours]


def test_damaged_digests() -> None:
    chance, known = random.Random(1), documents()
    for number in range(MUTATIONS):
        damaged = known[number % len(known)]
        for _ in range(chance.randrange(1, 5)):
            damaged = mutated(damaged, chance)
        check(json.dumps(damaged))


def test_hostile_texts() -> None:
    chance, known = random.Random(2), documents()
    jobs = tuple(RunningJob(str(number), text) for number, text in enumerate(TEXTS))
    facts = Facts(jobs={("default", "demo"): jobs, ("default", "trap"): jobs})
    for number in range(200):
        check(json.dumps(poisoned(known[number % len(known)], chance)), facts)


def test_damaged_states_and_events() -> None:
    chance = random.Random(3)
    states = [
        json.loads((RECORDINGS / name).read_text())
        for name in ("02-up-create.checkpoint.json", "06-refresh.checkpoint.json")
    ]
    for _ in range(200):
        one, other = (json.dumps(mutated(state, chance)) for state in states)
        try:
            found = read_two_states(one, other, ("one", "other"))
        except UserError:
            continue
        to_html(review(found))
    step = documents()[0]["steps"][1]
    metadata = {"op": "replace", "urn": step["urn"], "old": step["oldState"], "new": step["newState"]}
    events: list[Any] = [{"resourcePreEvent": {"metadata": metadata}}, {"diagnosticEvent": {"message": "<{%fg 1%}>m"}}]
    for _ in range(200):
        check("\n".join(json.dumps(mutated(event, chance)) for event in [*events, {"summaryEvent": {}}]))
