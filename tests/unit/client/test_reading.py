"""Models are strict on what they read, and blind to the rest."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flink_session.client.errors import UnexpectedAnswerError
from flink_session.client.models.jobs import JobOverview

JOB: dict[str, Any] = {
    "jid": "ea632d67b7d595e5b851708ae9ad79d6",
    "name": "count",
    "state": "RUNNING",
    "start-time": 1,
    "end-time": -1,
    "duration": 5,
    "tasks": {"total": 2, "running": 2},
}


@given(st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.integers())))
def test_unknown_fields_change_nothing(more: dict[str, Any]) -> None:
    assert JobOverview.from_json({**more, **JOB}) == JobOverview.from_json(JOB)


@pytest.mark.parametrize("name", JOB)
@pytest.mark.parametrize("value", [None, "absent", ["x"], True])
def test_a_field_that_is_read_must_be_there_and_of_its_type(name: str, value: object) -> None:
    document = {key: item for key, item in JOB.items() if key != name}
    if value != "absent":
        document[name] = value
    with pytest.raises(UnexpectedAnswerError, match=name):
        JobOverview.from_json(document)
