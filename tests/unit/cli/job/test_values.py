"""What the commands make of plain values."""

import io
import sys

import pytest

from flink_session.cli.job.edge import JobError
from flink_session.cli.job.figures import duration, size
from flink_session.cli.job.jars import Source
from flink_session.cli.job.knowing.looking import Look
from flink_session.cli.job.rescaling import Bounds, wanted
from flink_session.cli.job.showing.plans import plan_lines
from flink_session.cli.job.showing.progress import ProgressLine, savepoint_text, upload_text
from flink_session.cli.job.showing.watching import events
from flink_session.cli.watching import InPlace
from flink_session.client.models.checkpoints import Checkpoint
from flink_session.client.models.jobs import JobOverview, Requirements, Vertex
from tests.support.fake_flink import NOW, checkpoint


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        *((-5, "0s"), (0, "0s"), (340, "340ms"), (12_900, "12s"), (119_000, "119s"), (220_000, "3m40s")),
        *((1_260_000, "21m"), (7_500_000, "2h5m"), (7_200_000, "2h"), (356_400_000, "4d3h"), (950_400_000, "11d")),
    ],
)
def test_durations(milliseconds: int, text: str) -> None:
    assert duration(milliseconds) == text


def test_sizes() -> None:
    assert [size(count) for count in (0, 1023, 2714, 2**30, 2**52)] == [
        "0 B",
        "1023 B",
        "2.7 KiB",
        "1.0 GiB",
        "4096.0 TiB",
    ]


def look(id_: str, state: str = "RUNNING", restarts: int = 0) -> Look:
    return Look(JobOverview(id_, "x", state, 0, -1, 0, {"running": 1}), NOW, 0, restarts=restarts)


def test_events_are_of_what_has_changed() -> None:
    first = [look("a"), look("b"), look("c")]
    assert [(event.kind, event.look.job.id) for event in events(None, first)] == [("there", id_) for id_ in "abc"]
    then = [look("a"), look("b", restarts=1), look("d")]
    assert [(event.kind, event.look.job.id) for event in events(first, then)] == [
        ("changed", "b"),
        ("new", "d"),
        ("gone", "c"),
    ]


def test_a_table_in_place_is_written_over(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stdout", written)
    in_place = InPlace()
    in_place.write(["a", "b"], 10)
    in_place.write([str(number) for number in range(9)], 5)
    text = written.getvalue()
    assert "\x1b[2A\r\x1b[J" in text
    assert text.endswith("0\n1\n2\n... and 6 more\n\x1b[?7h")


def test_a_plan_is_told_from_its_sources_on() -> None:
    nodes = [
        {"id": "sink", "description": "Sink", "parallelism": 1, "inputs": [{"id": "map", "ship_strategy": "HASH"}]},
        {"id": "map", "description": "Map<br/>+- Filter<br/>", "parallelism": 2, "inputs": [{"id": "source"}]},
        {"id": "source", "description": "Source: a", "parallelism": 2},
    ]
    assert plan_lines({"nodes": nodes}) == [
        "1. Source: a (2)",
        "2. Map -> Filter (2)  reads 1 by ?",
        "3. Sink (1)  reads 2 by HASH",
    ]
    circle = [{"id": "a", "description": "A", "inputs": [{"id": "b"}]}, {"id": "b", "inputs": [{"id": "a"}]}]
    assert len(plan_lines({"nodes": circle})) == 2
    assert plan_lines({}) == []


def test_bounds_of_a_parallelism() -> None:
    vertices = [Vertex(id_ * 8, f"Vertex {id_}", 1, "RUNNING", {}) for id_ in "ab"]
    now = {vertex.id: Requirements(3, 4) for vertex in vertices}
    assert wanted(Bounds.read("2"), {}, vertices, now) == {"a" * 8: (2, 2), "b" * 8: (2, 2)}
    assert wanted(Bounds.read("8"), {"vertex B": Bounds.read("1:2")}, vertices, now) == {
        "a" * 8: (3, 8),
        "b" * 8: (1, 2),
    }
    for word, said in (("vertex", "several vertices"), ("c", "no vertex")):
        with pytest.raises(JobError, match=said):
            wanted(None, {word: Bounds.read("1")}, vertices, now)


def test_how_far_it_is() -> None:
    assert upload_text("x", 50, 100, 2.0) == "x: [##########..........] 50% of 100 B, 25 B/s"
    assert upload_text("x", 50, 0, 0.0) == "x: 50 B"
    going = Checkpoint.from_json(checkpoint(1, savepoint=True, status="IN_PROGRESS"))
    told = "count: the savepoint is IN_PROGRESS, 3 of 4 tasks have acknowledged, 2.7 KiB, 3s"
    assert savepoint_text("count", going, 0, 3.0) == told
    assert savepoint_text("count", going, NOW, 3.0) == "count: the savepoint is triggered, 3s"


def test_nothing_is_written_over_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressLine() as line:
        line.say("x")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("word", "kind", "name"),
    [
        ("a/b.jar", "file", "b.jar"),
        ("file:///a%20b/c.jar", "file", "c.jar"),
        ("https://host/a/b.jar?sign=1", "url", "b.jar"),
        ("https://host/", "url", "program.jar"),
        ("local:///opt/x.jar", "image", "x.jar"),
    ],
)
def test_where_a_jar_is(word: str, kind: str, name: str) -> None:
    found = Source.read(word, "a.B", {})
    assert (found.kind, found.name) == (kind, name)
