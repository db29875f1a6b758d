"""The embedded engine: previews, an update with nothing to do, memory, and where the time goes.

The CLI's times are recorded (`pulumi` 3.260, two shared cores) for a program of the shape of `programs/generated`; the
same are the aims for the project's own component, whose objects are eight instead of four.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from benchmarks.api_server import ApiServer, api_server
from benchmarks.project import COMMAND, Project
from benchmarks.report import Figure, Report
from benchmarks.turns import IMPORT_SDK, in_turns

CLI_PREVIEW_OF_ONE = 4.0
CLI_PREVIEW_OF_MANY = 7.4
CLI_UP_OF_MANY = 56.0
CLI_UP_UNCHANGED = 6.9
"""Seconds that the CLI takes, the first `up` with the start of the pods in it."""
MANY = 25
SHARE = 1 / 3
TIMES_OF_ONE = 2.7
TIMES_OF_MANY = 6.0
"""How many times as long as `python -c "import pulumi"` a preview of `FlinkSessionCluster`s may take."""
ROUNDS = 5
MEMORY = 150.0
PROGRAMS = {
    "generated": f"Engine, {MANY} components of 4 objects by pulumi_kubernetes' classes, a secret",
    "sessions": f"Engine, {MANY} FlinkSessionClusters of 8 objects",
}


@dataclass(slots=True)
class Subject:
    """What is timed, and what is known of it so far."""

    project: Project
    section: str
    seconds: dict[str, float] = field(default_factory=dict)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """The API server."""
    with api_server(tmp_path_factory.mktemp("api")) as server:
        yield server


@pytest.fixture(scope="module", params=PROGRAMS)
def subject(request: pytest.FixtureRequest, server: ApiServer, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A project with a stack of one component, and a stack of many."""
    name = request.param
    with server.namespace(name) as namespace:
        project = Project(tmp_path_factory.mktemp("project") / name, name, server.kubeconfig, namespace)
        for stack, count in (("one", 1), ("many", MANY)):
            project.configure(stack, count, secret=name == "generated")
        yield Subject(project, f"{PROGRAMS[name]}; {server.what}")


@pytest.fixture(scope="module")
def deployed(subject: Subject) -> Subject:
    """The same, with its many components deployed."""
    subject.project.run("up", "--yes", "--stack", "many")
    return subject


def test_preview_of_one(benchmark: Any, subject: Subject, report: Report) -> None:
    benchmark.pedantic(lambda: subject.project.run("preview", "--stack", "one"), rounds=ROUNDS, warmup_rounds=1)
    subject.seconds["one"] = seconds = benchmark.stats.stats.median
    report.add(
        Figure(subject.section, f"preview of 1, CLI {CLI_PREVIEW_OF_ONE} s", seconds, "s", CLI_PREVIEW_OF_ONE * SHARE)
    )


def test_preview_of_many(benchmark: Any, subject: Subject, report: Report) -> None:
    benchmark.pedantic(lambda: subject.project.run("preview", "--stack", "many"), rounds=ROUNDS)
    seconds, cli = benchmark.stats.stats.median, CLI_PREVIEW_OF_MANY
    report.add(Figure(subject.section, f"preview of {MANY}, CLI {cli} s", seconds, "s", cli * SHARE))
    each = (seconds - subject.seconds["one"]) / (MANY - 1) * 1000
    cli_each = (cli - CLI_PREVIEW_OF_ONE) / (MANY - 1) * 1000
    report.add(
        Figure(subject.section, f"  for each component more, CLI {cli_each:.0f} ms", each, "ms", aim=cli_each / 2)
    )


def test_previews_beside_the_sdk(subject: Subject, report: Report) -> None:
    project = subject.project
    previews = [[*COMMAND, "preview", "--stack", stack] for stack in ("one", "many")]
    sdk, one, many = in_turns([IMPORT_SDK, *previews], ROUNDS, project.folder, project.environment)
    is_ours = project.program == "sessions"
    for count, taken, times in ((1, one, TIMES_OF_ONE), (MANY, many, TIMES_OF_MANY)):
        ratio = statistics.median(ours / theirs for ours, theirs in zip(taken, sdk, strict=True))
        what = f"preview of {count}, times `python -c 'import pulumi'` in turns with it"
        report.add(Figure(subject.section, what, ratio, "times", times if is_ours else None))


def test_split_of_a_preview(subject: Subject, report: Report) -> None:
    trace = subject.project.trace("preview", "--stack", "many")
    calls, end = trace["calls"], trace["end"]
    # The SDK begins to register when the program has come to its last line.
    told, registering = trace["told"][0][0], trace["registrations"][0][0]
    answering = overlap(calls, registering, end)
    for what, value in (
        ("until the engine is ready: interpreter, imports, the key of the secrets", told),
        ("until the program is: what is left of its imports, and its own lines", registering - told),
        (f"at least one of {len(calls)} calls of the API server under way", answering),
        ("the rest: registrations, display", end - registering - answering),
    ):
        report.add(Figure(subject.section, f"  of which {what}", value, "s"))
    for process, value in trace["cpu"].items():
        report.add(Figure(subject.section, f"  processor time of the {process}", value, "s"))


def test_up(benchmark: Any, request: pytest.FixtureRequest, subject: Subject, report: Report) -> None:
    benchmark.pedantic(lambda: request.getfixturevalue("deployed"), rounds=1)
    what = f"up of {MANY}, preview included, no pods; CLI with pods {CLI_UP_OF_MANY:.0f} s"
    report.add(Figure(subject.section, what, benchmark.stats.stats.median, "s"))


def test_up_unchanged(benchmark: Any, deployed: Subject, report: Report) -> None:
    benchmark.pedantic(lambda: deployed.project.run("up", "--yes", "--stack", "many"), rounds=ROUNDS)
    seconds, cli = benchmark.stats.stats.median, CLI_UP_UNCHANGED
    report.add(Figure(deployed.section, f"up of {MANY} with nothing to do, CLI {cli} s", seconds, "s", cli * SHARE))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the engine's memory: there is no /proc")
def test_memory(deployed: Subject, report: Report) -> None:
    peaks = deployed.project.peaks("up", "--yes", "--stack", "many")
    for what, value in (
        ("the engine", peaks.engine),
        ("the program", peaks.program),
        ("both", peaks.engine + peaks.program),
    ):
        report.add(Figure(deployed.section, f"memory of {what}, at its peak", value, "MB", aim=MEMORY))


def overlap(intervals: list[list[float]], begin: float, end: float) -> float:
    """Return how long at least one of the intervals lasts, between two moments."""
    total, reached = 0.0, begin
    for first, last in sorted(intervals):
        total += max(0.0, min(last, end) - max(first, reached))
        reached = max(reached, last)
    return total
