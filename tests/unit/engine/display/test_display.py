"""What a person sees while a run is under way: the tree on a terminal, and lines elsewhere."""

import io

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
        ["+", "pulumi:pulumi:Stack", "shop-dev"],
        ["+", "├─", "shop:index:Session", "demo"],
        ["+", "│", "├─", "kubernetes:core/v1:ConfigMap", "demo-config"],
        ["+", "│", "└─", "kubernetes:core/v1:Service", "demo-rest"],
        ["+", "└─", "kubernetes:core/v1:ConfigMap", "free"],
    ]


def test_what_stays_the_same_is_left_out_unless_something_below_it_changes() -> None:
    assert len(drawn(rows(*(step("same", state) for state in (STACK, SESSION, CONFIG))))) == 2
    changed = rows(step("same", STACK), step("same", SESSION), step("same", CONFIG), step("delete", SERVICE))
    names = [line.split()[-1] for line in drawn(changed)[1:]]
    assert names == ["shop-dev", "demo", "delete"]


def test_a_resource_whose_parent_has_not_begun_is_below_the_stack() -> None:
    lines = drawn(rows(step("same", STACK), step("delete", CONFIG)))
    assert lines[2].split()[1:3] == ["└─", "kubernetes:core/v1:ConfigMap"]


def test_where_the_terminal_is_too_low_what_is_done_makes_room_for_what_runs() -> None:
    shown = rows(*(step("create", state) for state in (STACK, SESSION, CONFIG, SERVICE, FREE)))
    shown[SERVICE.urn].seconds = None
    names = [line.split()[-2] for line in drawn(shown, height=3)[1:]]
    assert names == ["shop-dev", "demo", "demo-rest"]


def test_only_the_last_column_is_cut_where_the_terminal_is_narrow() -> None:
    shown = rows(step("create", STACK), step("create", CONFIG))
    shown[CONFIG.urn].message = "0 of 1 pods available; " * 10
    lines = drawn(shown, width=80)
    assert "└─ kubernetes:core/v1:ConfigMap  demo-config  create" in lines[2]
    assert lines[2].endswith("…")
    assert len(lines) == 3


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
    assert "└─ kubernetes:core/v1:ConfigMap" in tree_


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
