"""Our core against what each Flink version built for the scenarios, as recorded: no JVM, no download."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import ours
from tests.conformance.cases import Built, Case
from tests.conformance.compare import differences
from tests.conformance.distributions import FLINK_VERSIONS

GOLDEN = Path(__file__).parents[1] / "golden"
SCENARIOS = sorted(path.stem for path in (GOLDEN / "scenarios").glob("*.json"))


def recorded_answer(name: str, version: str) -> tuple[Case, Built | frozenset[str]]:
    """Read a scenario and a version's answer; of a refusal, the options that it names."""
    text = (GOLDEN / "scenarios" / f"{name}.json").read_text("utf-8").replace(":<version>-scala", f":{version}-scala")
    recorded = json.loads(text)
    (answer,) = (answer for answer in recorded["answers"] if version in answer["flink"])
    case = Case(**recorded["case"])
    if "refused" in answer:
        return case, frozenset(answer["refused"]["keys"])
    return case, Built(answer["objects"], answer["configuration"], tuple(answer.get("lost", ())))


def _memory() -> Iterator[Any]:
    for line in (GOLDEN / "memory.jsonl").read_text().splitlines():
        recorded = json.loads(line)
        for answer in recorded["answers"]:
            yield from (pytest.param(recorded["configuration"], version, answer) for version in answer["flink"])


@pytest.mark.parametrize("version", FLINK_VERSIONS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_builds_what_flink_built(name: str, version: str) -> None:
    case, answer = recorded_answer(name, version)
    assert differences(case, answer, ours.build(case, version), version) == []


@pytest.mark.parametrize(("values", "version", "answer"), list(_memory()))
def test_derives_the_memory_that_flink_derived(values: dict[str, str], version: str, answer: dict[str, Any]) -> None:
    for role, parts in (("job_manager", ours.job_manager_parts), ("task_manager", ours.task_manager_parts)):
        actual = parts(values, version)
        assert (None if isinstance(actual, ours.Findings) else actual) == answer[role], (role, str(actual))
