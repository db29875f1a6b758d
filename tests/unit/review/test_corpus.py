"""Every change of the corpus, in every form."""

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from flink_session.cli.review import command
from flink_session.review.model import Impact, Review
from flink_session.review.render.html import to_html
from flink_session.review.render.json import schema, to_json
from flink_session.review.render.markdown import LIMIT, to_markdown
from flink_session.review.reviewing import review
from flink_session.review.sources.digest import read_digest
from tests.support.review.corpus import CASES, Case
from tests.support.review.previews import digest

PUBLISHED = Path(__file__).resolve().parents[3] / "docs" / "review.schema.json"
SCHEMA = json.loads(PUBLISHED.read_text())


def test_the_published_schema_is_that_of_reviews() -> None:
    """`flink-session review --schema > docs/review.schema.json` writes it."""
    assert schema() == SCHEMA


def test_the_command_knows_all_impacts() -> None:
    assert tuple(impact.value for impact in Impact) == command._IMPACTS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_is_told(case: Case) -> None:
    found = review(read_digest(digest(case.before, case.after), "a preview"))
    assert found.verdict.impact is case.impact
    assert found.verdict.certain
    text = to_json(found)
    for said in case.says:
        assert json.dumps(said, ensure_ascii=False)[1:-1] in text or said in to_markdown(found)
    assert Review.model_validate_json(text) == found
    jsonschema.validate(json.loads(text), SCHEMA)
    assert len(to_markdown(found)) <= LIMIT
    assert found.verdict.words in to_html(found)


def test_there_are_enough() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
