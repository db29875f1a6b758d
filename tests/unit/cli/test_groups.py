"""What is said to a group holds for its subcommands, or is refused."""

from collections.abc import Iterator
from pathlib import Path

import click
import click.testing
import pytest

from flink_session.cli.main import main
from flink_session.engine.stack import config_commands


def groups(command: click.Command = main, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Group]]:
    if isinstance(command, click.Group):
        yield path, command
        for subcommand in subcommands(command):
            yield from groups(subcommand, (*path, str(subcommand.name)))


def subcommands(group: click.Group) -> list[click.Command]:
    """All of a group's, imported by now."""
    context = click.Context(group)
    found = [group.get_command(context, name) for name in group.list_commands(context)]
    return [command for command in found if command]


def cases() -> Iterator[tuple[tuple[str, ...], click.Parameter, click.Command]]:
    for path, group in groups():
        for parameter in group.params:
            if parameter.name not in ("help", "version"):
                for subcommand in subcommands(group):
                    yield path, parameter, subcommand


@pytest.mark.parametrize(("path", "parameter", "subcommand"), list(cases()))
def test_no_option_of_a_group_is_ignored(
    path: tuple[str, ...],
    parameter: click.Parameter,
    subcommand: click.Command,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    got: dict[str, object] = {}
    monkeypatch.setattr(subcommand, "callback", lambda **chosen: got.update(chosen))
    value: list[str] = [] if getattr(parameter, "is_flag", False) else [str(tmp_path)]
    words = [*path, parameter.opts[0], *value, str(subcommand.name)]
    words += ["x" for item in subcommand.params if isinstance(item, click.Argument)]
    ran = click.testing.CliRunner().invoke(main, words)
    if parameter.name in {item.name for item in subcommand.params}:
        assert ran.exit_code == 0, ran.output
        assert str(got[str(parameter.name)]) == (value[0] if value else "True")
    else:
        assert ran.exit_code == 2
        assert f"{parameter.opts[0]}: " in ran.output
        assert not got


def test_a_value_goes_into_the_stack_that_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[object] = []
    monkeypatch.setattr(config_commands, "set_value", lambda cwd, stack, *rest, **more: written.append(stack))
    click.testing.CliRunner().invoke(main, ["config", "-s", "prod", "set", "key", "value"], catch_exceptions=False)
    click.testing.CliRunner().invoke(main, ["config", "set", "-s", "prod", "key", "value"], catch_exceptions=False)
    assert written == ["prod", "prod"]
