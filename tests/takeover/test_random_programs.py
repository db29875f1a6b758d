"""Random programs, made and changed by both tools, each going on where the other has left off.

That is what the promise comes to: either tool can take over a stack from the other, with nothing to show in a preview.
"""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.kube import Kube
from tests.takeover.programs import Author
from tests.takeover.workbench import OTHER, Tool, Workbench

pytestmark = [pytest.mark.pulumi, pytest.mark.apiserver]

_SEEDS = range(int(os.environ.get("FLINK_SESSION_TEST_PROGRAMS", "10")))
_UP = "up --yes --skip-preview --stack"
_STACKS: tuple[Tool, Tool] = ("pulumi", "flink-session")


@pytest.fixture
def workbench(tmp_path: Path, kube: Kube, kubeconfig: str) -> Iterator[Workbench]:
    """A project whose two stacks have namespaces of their own."""
    with kube.namespace("takeover") as one, kube.namespace("takeover") as other:
        yield Workbench(tmp_path, kube, kubeconfig, {"pulumi": one, "flink-session": other})


def ups(workbench: Workbench, by: dict[Tool, Tool]) -> bool:
    """Update both stacks; gives whether that has succeeded. Where this engine fails, the CLI has to fail too."""
    outcomes = {by[stack]: workbench.run(by[stack], f"{_UP} {stack}") for stack in _STACKS}
    if not outcomes["flink-session"].succeeded:
        assert not outcomes["pulumi"].succeeded, outcomes["flink-session"].text
    return all(outcome.succeeded for outcome in outcomes.values())


def check_same(workbench: Workbench) -> None:
    """What both have made is the same, in the cluster and in the state."""
    for what in (workbench.live, workbench.state):
        check_equal(what("pulumi"), what("flink-session"))


def check_equal(one: Any, other: Any) -> None:
    """Name the lines of JSON in which two values differ."""
    before, after = (json.dumps(value, indent=1, sort_keys=True).splitlines() for value in (one, other))
    differences = list(difflib.unified_diff(before, after, *_STACKS, lineterm="", n=8))
    assert not differences, "\n".join(differences)


def check_previews(workbench: Workbench) -> None:
    """Both preview the same of each stack, unless this engine finds what the CLI finds in the update only."""
    for stack in _STACKS:
        theirs, ours = workbench.preview("pulumi", stack), workbench.preview("flink-session", stack)
        if theirs.errors:
            assert ours.errors
        elif not ours.errors:
            check_equal(theirs.operations, ours.operations)
            check_equal(theirs.counts, ours.counts)
            # Some of the reasons the CLI leaves out: those of `replace_on_changes`, and of what is replaced along.
            for urn, reasons in ours.reasons.items():
                assert not reasons or set(theirs.reasons[urn]) <= set(reasons)


def destroy(workbench: Workbench, by: dict[Tool, Tool]) -> None:
    """Delete both stacks."""
    for stack in _STACKS:
        workbench.run("pulumi", f"state unprotect --all --yes --stack {stack}")
        outcome = workbench.run(by[stack], f"destroy --yes --skip-preview --stack {stack}")
        assert outcome.succeeded, outcome.text


def refresh(workbench: Workbench) -> None:
    """After the same drift, both record the same, but for property dependencies, which the CLI loses."""
    found = []
    for stack in _STACKS:
        workbench.drift(stack)
        outcome = workbench.run(stack, f"refresh --yes --skip-preview --stack {stack}")
        assert outcome.succeeded, outcome.text
        found.append(workbench.state(stack))
    for item in (item for state in found for items in state.values() for item in items):
        del item["propertyDependencies"]
    check_equal(*found)


@pytest.mark.parametrize("seed", _SEEDS)
def test_either_goes_on_where_the_other_has_left_off(workbench: Workbench, seed: int) -> None:
    author = Author(seed)
    program = author.write()
    own: dict[Tool, Tool] = {stack: stack for stack in _STACKS}
    updating = OTHER if seed % 2 else own
    workbench.use(program)
    if not ups(workbench, own):
        return
    check_same(workbench)
    workbench.use(author.change(program))
    check_previews(workbench)
    if not ups(workbench, updating):
        destroy(workbench, OTHER)
        return
    check_same(workbench)
    for stack in _STACKS:
        again = workbench.run(OTHER[updating[stack]], f"preview --expect-no-changes --stack {stack}")
        assert again.succeeded, again.text
    refresh(workbench)
    check_previews(workbench)
    destroy(workbench, OTHER)
    # What is retained, or was to go with something else and does not.
    assert workbench.live("flink-session").keys() == workbench.live("pulumi").keys()
