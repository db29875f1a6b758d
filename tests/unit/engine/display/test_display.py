"""What a person sees while a run is under way: the tree on a terminal, and lines elsewhere."""

import io
from collections import Counter
from typing import Any

import pytest
from rich.console import Console

from flink_session.engine.display.display import Display
from flink_session.engine.display.progress import Row, summary, tree
from flink_session.engine.model.diff import ABSENT, Change
from flink_session.engine.model.plan import Step
from flink_session.engine.model.state import ResourceState
from flink_session.engine.model.urn import make_urn
from flink_session.engine.model.values import Secret

STACK = ResourceState(make_urn("dev", "shop", "", "pulumi:pulumi:Stack", "shop-dev"), False, "pulumi:pulumi:Stack")


def resource(name: str, type_: str = "kubernetes:core/v1:ConfigMap", parent: ResourceState = STACK) -> ResourceState:
    urn = make_urn("dev", "shop", parent.urn, type_, name)
    return ResourceState(urn, custom=True, type=type_, parent=parent.urn)


SESSION = resource("demo", "shop:index:Session")
CONFIG, SERVICE = resource("demo-config", parent=SESSION), resource("demo-rest", "kubernetes:core/v1:Service", SESSION)
FREE = resource("free")


def step(operation: str, state: ResourceState, *changes: Change) -> Step:
    return Step(operation, state.urn, None, state, changes)


def rows(*steps: Step) -> dict[str, Row]:
    return {item.urn: Row(item, since=0.0, seconds=0.0) for item in steps}


def drawn(shown: dict[str, Row], *, height: int | None = None, width: int = 100) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    with console.capture() as capture:
        console.print(tree(shown, height, preview=True))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_each_resource_is_below_its_parent() -> None:
    created = (step("create", state) for state in (STACK, SESSION, FREE, CONFIG, SERVICE))
    lines = [line.split("create") for line in drawn(rows(*created))]
    assert [line[0].split() for line in lines] == [
        ["Type", "Name", "Plan", "Info"],
        ["+", "Stack", "shop-dev"],
        ["+", "├─", "ConfigMap", "free"],
        ["+", "└─", "Session", "demo"],
        ["+", "├─", "ConfigMap", "demo-config"],
        ["+", "└─", "Service", "demo-rest"],
    ]


def test_the_order_is_the_same_whichever_came_first() -> None:
    states = (STACK, SESSION, FREE, CONFIG, SERVICE)
    forwards, backwards = (drawn(rows(*(step("create", state) for state in order))) for order in (states, states[::-1]))
    assert forwards == backwards


def test_what_stays_the_same_is_left_out_unless_something_below_it_changes() -> None:
    assert len(drawn(rows(*(step("same", state) for state in (STACK, SESSION, CONFIG))))) == 2
    changed = rows(step("same", STACK), step("same", SESSION), step("same", CONFIG), step("delete", SERVICE))
    names = [line.split()[-1] for line in drawn(changed)[1:]]
    assert names == ["shop-dev", "demo", "delete"]


def test_a_resource_whose_parent_has_not_begun_is_below_the_stack() -> None:
    lines = drawn(rows(step("same", STACK), step("delete", CONFIG)))
    assert lines[2].split()[1:3] == ["└─", "ConfigMap"]


def test_where_the_terminal_is_too_low_what_is_done_makes_room_for_what_runs() -> None:
    shown = rows(*(step("create", state) for state in (STACK, SESSION, CONFIG, SERVICE, FREE)))
    shown[SERVICE.urn].seconds = None
    names = [line.split()[-2] for line in drawn(shown, height=3)[1:]]
    assert names == ["shop-dev", "demo", "demo-rest"]


@pytest.mark.parametrize("width", [80, 100])
def test_what_a_resource_waits_for_has_a_line_of_its_own(width: int) -> None:
    shown = rows(step("create", STACK), step("create", CONFIG), step("create", SESSION))
    shown[CONFIG.urn].message = "the image flink:nope cannot be pulled: it is not there"
    lines = drawn(shown, width=width)
    assert lines[3].endswith("demo-config  create")
    assert lines[4].strip() == shown[CONFIG.urn].message
    shown[CONFIG.urn].message = " ".join(f"word{number}" for number in range(30))
    more = drawn(shown, width=width)[4:]
    assert " ".join(line.strip() for line in more) == shown[CONFIG.urn].message


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ((), ""),
        ((Change(("spec", "replicas"), 1, 2), Change(("metadata", "labels"), 1, 2)), "[diff: ~metadata,spec]"),
        (
            (
                Change(("data",), 1, 2),
                Change(("immutable",), ABSENT, True),
            ),
            "[diff: +immutable~data]",
        ),
    ],
)
def test_what_changes_is_named_in_the_words_of_the_cli(changes: tuple[Change, ...], text: str) -> None:
    assert summary(changes) == text


def shown(*, terminal: bool) -> str:
    screen = io.StringIO()
    console = Console(
        file=screen, width=120, height=20, force_terminal=terminal, color_system=None, legacy_windows=False
    )
    with Display(console, preview=False) as display:
        display.hide({"token": Secret("hunter2")})
        for state in (STACK, CONFIG):
            display.started(step("create", state))
        display.progress(CONFIG.urn, "waits for hunter2")
        display.done(step("create", STACK))
        display.failed(CONFIG.urn, "hunter2 was refused")
    display.show_errors()
    return screen.getvalue()


def test_a_terminal_shows_the_whole_tree_at_the_end() -> None:
    text = shown(terminal=True)
    tree_ = text[text.rindex("Type") :]
    assert "created" in tree_
    assert "**creating failed" in tree_
    assert "└─ ConfigMap" in tree_


def test_elsewhere_each_event_is_a_line() -> None:
    lines = shown(terminal=False).splitlines()
    assert [line.split(" (")[0].strip() for line in lines[:3]] == [
        "+ kubernetes:core/v1:ConfigMap demo-config creating",
        "+ pulumi:pulumi:Stack shop-dev created",
        "+ kubernetes:core/v1:ConfigMap demo-config **creating failed",
    ]
    assert "└" not in "".join(lines)


@pytest.mark.parametrize("terminal", [True, False])
def test_no_secret_is_shown(terminal: bool) -> None:
    text = shown(terminal=terminal)
    assert "hunter2" not in text
    assert "[secret] was refused" in text


def preview(*steps: Step, outputs: dict[str, Any], before: dict[str, Any], whole: bool = False) -> list[str]:
    screen = io.StringIO()
    with Display(Console(file=screen, width=120), preview=True, show_diff=True, title="Previewing (dev)") as display:
        for item in steps:
            display.started(item)
            display.done(item)
    display.show_outputs(outputs, before, whole=whole)
    display.show_summary(Counter(item.operation for item in steps), 0.1)
    return screen.getvalue().splitlines()


def test_a_preview_without_changes_is_one_line() -> None:
    assert preview(step("same", STACK), step("same", CONFIG), outputs={"a": 1}, before={"a": 1}) == [
        "Previewing (dev): no changes, 2 unchanged"
    ]


def test_outputs_are_shown_where_they_change_and_whole_when_asked_for() -> None:
    before, outputs = {"same": "x", "other": "x", "gone": 1}, {"same": "x", "other": "y", "new": {"k": "v"}}
    lines = preview(step("update", CONFIG), outputs=outputs, before=before)
    assert '  ~ other: "x" => "y"' in lines
    assert "  - gone" in lines
    assert '        k: "v"' in lines
    assert not [line for line in lines if "same" in line and ":" in line]
    many = {f"a.{number}": number for number in range(20)}
    assert "    c: 20 options" in preview(step("update", CONFIG), outputs={"c": many}, before={})
    assert "        a.7 : 7" in preview(step("update", CONFIG), outputs={"c": many}, before={}, whole=True)


def test_a_text_of_several_lines_is_compared_line_by_line() -> None:
    old = "".join(f"line {number}\n" for number in range(20))
    change = Change(("data", "config.yaml"), old, old.replace("line 10\n", "line ten\n"))
    lines = [line.strip() for line in preview(step("update", CONFIG, change), outputs={}, before={})]
    begin = next(number for number, line in enumerate(lines) if line.startswith("~ data"))
    assert lines[begin + 1 : begin + 10] == [
        "...",
        *("line 7", "line 8", "line 9"),
        "-line 10",
        "+line ten",
        *("line 11", "line 12", "line 13"),
    ]


@pytest.mark.parametrize("terminal", [True, False])
def test_what_the_api_server_warns_of_is_under_its_resource_once(terminal: bool) -> None:
    screen = io.StringIO()
    console = Console(file=screen, width=100, height=30, force_terminal=terminal, color_system=None)
    with Display(console, preview=True) as display:
        for _ in range(2):
            display.warned(CONFIG.urn, 'would violate PodSecurity "restricted:latest"')
        for state in (STACK, CONFIG, FREE):
            display.started(step("create", state))
            display.done(step("create", state))
    text = screen.getvalue()
    lines = text[text.rindex("shop-dev") :].splitlines()
    below = next(number for number, line in enumerate(lines) if "demo-config" in line)
    assert lines[below + 1].strip().lstrip("│ ") == 'warning: would violate PodSecurity "restricted:latest"'
    assert text[text.rindex("shop-dev") :].count("would violate") == 1
    assert [(item.severity, item.urn) for item in display.diagnostics] == [("warning", CONFIG.urn)]
