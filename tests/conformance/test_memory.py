"""The memory model: for any sizes, each part of both roles is Flink's to the byte."""

from __future__ import annotations

import os

import pytest
from hypothesis import event, given, note, settings
from hypothesis import strategies as st

from flink_session.configuration.catalogue import OptionCatalogue
from tests.conformance import ours
from tests.conformance.cases import Refused
from tests.conformance.jvm import Flink
from tests.conformance.named_keys import catalogue_of
from tests.conformance.strategies import FRACTIONS, INTEGERS, NUMBERS, SIZES

pytestmark = pytest.mark.conformance

EXAMPLES = max(5000, int(os.environ.get("FLINK_SESSION_CONFORMANCE_EXAMPLES", "0")))
MANY = "FLINK_SESSION_CONFORMANCE_EXAMPLES" in os.environ


def _values(key: str) -> st.SearchStrategy[str]:
    if key.endswith("fraction"):
        return FRACTIONS
    if key.endswith(".mb"):
        return st.integers(-10, 20_000).map(str) | INTEGERS
    return {"taskmanager.numberOfTaskSlots": INTEGERS, "taskmanager.cpu.cores": NUMBERS}.get(key, SIZES)


def _keys(role: str, catalogue: OptionCatalogue) -> list[str]:
    entries = catalogue.entries.values()
    own = [entry for entry in entries if entry.type in ("memory", "float") and entry.key.startswith(f"{role}.memory.")]
    # Before 2.0, there were sizes of the heap too.
    own += [entry for entry in entries if entry.key.startswith(f"{role}.heap.")]
    former = [key for entry in own for key in entry.deprecated_keys]
    others = ["taskmanager.numberOfTaskSlots", "taskmanager.cpu.cores"] if role == "taskmanager" else []
    return sorted({*(entry.key for entry in own), *former, *others})


@st.composite
def _sizes(draw: st.DrawFn, catalogue: OptionCatalogue, role: str) -> dict[str, str]:
    """Draw sizes of one role. Most often one of the three totals is among them."""
    values = {}
    total = draw(st.sampled_from(("process.size", "flink.size", "heap.size", None)))
    if total:
        total = f"task.{total}" if total == "heap.size" and role == "taskmanager" else total
        values[f"{role}.memory.{total}"] = draw(st.integers(400, 20_000).map("{}m".format))
    keys = draw(st.lists(st.sampled_from(_keys(role, catalogue)), max_size=4, unique=True))
    return {**values, **{key: draw(_values(key)) for key in keys}}


@settings(max_examples=EXAMPLES if MANY else 500)
@given(data=st.data())
@pytest.mark.parametrize("role", ["jobmanager", "taskmanager"])
def test_derives_the_memory_that_flink_derives(flink: Flink, role: str, data: st.DataObject) -> None:
    values = data.draw(_sizes(catalogue_of(flink.version), role))
    if role == "jobmanager":
        answer, actual = flink.job_manager_memory(values), ours.job_manager_parts(values, flink.version)
    else:
        answer, actual = flink.task_manager_memory(values), ours.task_manager_parts(values, flink.version)
    refused = isinstance(answer, Refused)
    event("Flink refuses" if refused else "Flink derives it")
    note(f"Flink: {answer}\nours: {actual}")
    assert isinstance(actual, ours.Findings) == refused
    assert refused or actual == answer
