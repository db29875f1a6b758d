"""Every change of the corpus, in every form."""

import json

import pytest

from flink_session.review.model import Review
from flink_session.review.render.html import to_html
from flink_session.review.render.json import to_json
from flink_session.review.render.markdown import LIMIT, to_markdown
from flink_session.review.reviewing import review
from flink_session.review.sources.digest import read_digest
from tests.support.review.corpus import CASES, Case
from tests.support.review.previews import digest


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_change_is_told(case: Case) -> None:
    found = review(read_digest(digest(case.before, case.after), "a preview"))
    assert found.verdict.impact is case.impact
    assert found.verdict.certain
    text = to_json(found)
    for said in case.says:
        assert json.dumps(said, ensure_ascii=False)[1:-1] in text or said in to_markdown(found)
    assert Review.model_validate_json(text) == found
    assert len(to_markdown(found)) <= LIMIT
    assert found.verdict.words in to_html(found)


def test_there_are_enough() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)
