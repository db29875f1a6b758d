"""Whole deployments: for any configuration, our objects are Flink's, and where Flink refuses, so do we."""

from __future__ import annotations

import pytest
from hypothesis import event, given, note
from hypothesis import strategies as st

from tests.conformance import ours
from tests.conformance.cases import Built, Refused, configuration_file
from tests.conformance.compare import differences
from tests.conformance.jvm import Flink
from tests.conformance.named_keys import catalogue_of, named_keys
from tests.conformance.strategies import cases

pytestmark = pytest.mark.conformance


@given(data=st.data())
def test_builds_what_flink_builds(flink: Flink, data: st.DataObject) -> None:
    case = data.draw(cases(catalogue_of(flink.version)))
    built = ours.build(case, flink.version)
    answer = flink.build(case)
    event("Flink refuses" if isinstance(answer, Refused) else "Flink builds")
    note(f"Flink: {answer if isinstance(answer, Refused) else answer.lost}")
    if isinstance(built, Built):
        # Flink has the last word on what our file says.
        read = flink.read_configuration(*reversed(configuration_file(built.objects)))
        built = Built(built.objects, None if isinstance(read, Refused) else read)
    expected = named_keys(answer, flink.version) if isinstance(answer, Refused) else answer
    assert differences(case, expected, built, flink.version) == []
