"""What is printed for people and for scripts."""

import pytest

from flink_session.cli.output import Cell, colours, printable, table, width

HEADING = ("NAME", "STATE")


def test_a_table_is_aligned_by_what_a_terminal_shows() -> None:
    rows: list[list[Cell | str]] = [["wörter", "RUNNING"], ["単語", Cell("FAILED", "red")]]
    assert table(HEADING, rows, terminal=True) == ["NAME    STATE", "wörter  RUNNING", "単語    FAILED"]


def test_colours_do_not_move_columns() -> None:
    rows: list[list[Cell | str]] = [[Cell("a", "red"), "b"]]
    assert table(HEADING, rows, terminal=True, colours=True)[1] == "\x1b[31ma\x1b[0m     b"


def test_scripts_get_values_alone() -> None:
    assert table(HEADING, [["a b", Cell("c", "red")], ["", ""]], terminal=False) == ["a b\tc", "\t"]


@pytest.mark.parametrize("hostile", ["\x1b[2J", "a\tb", "a\nb", "\u202eabc", "\x9b31m", "\ud800", "\x00"])
def test_what_a_terminal_would_obey_is_not_printed(hostile: str) -> None:
    for terminal in (True, False):
        (line,) = table(HEADING, [[hostile, "x"]], terminal=terminal)[-1:]
        assert "\N{REPLACEMENT CHARACTER}" in line
        assert printable(line.replace("\t", "")) == line.replace("\t", "")


def test_lines_may_be_kept() -> None:
    assert printable("a\nb\x1b", keep="\n") == "a\nb\N{REPLACEMENT CHARACTER}"


def test_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    assert colours(terminal=True)
    assert not colours(terminal=False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colours(terminal=True)


def test_combining_characters_take_no_column() -> None:
    assert width("e\N{COMBINING ACUTE ACCENT}") == 1
