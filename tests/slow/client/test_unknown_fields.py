"""The recorded answers with whatever else a newer Flink may say, a thousand times; the unit test draws a few."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.client.test_answers import Documents, documents, read_with_more

pytestmark = pytest.mark.slow

__all__ = ["documents"]


@given(st.data())
@settings(max_examples=1000, deadline=None)
def test_a_thousand_times_more_changes_nothing(documents: dict[str, Documents], data: st.DataObject) -> None:
    read_with_more(documents, data)
