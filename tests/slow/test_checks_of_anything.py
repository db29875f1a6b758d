"""As the unit test of this name, for every version of Flink and for many more configurations."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flink_session.configuration.catalogue import CATALOGUE_SERIES
from tests.unit.core.test_checks_of_anything import check

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("series", CATALOGUE_SERIES)
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_no_configuration_makes_a_check_fail(series: str, data: st.DataObject) -> None:
    check(series, data)
