"""The command, and how its actions begin and end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from flink_session.cli.output import talk
from flink_session.cli.target import Target, target_options
from flink_session.client import FlinkError
from flink_session.errors import UserError

from . import words
from .actions import RUNS
from .options import ACTIONS, ELSEWHERE
from .parsing import ArgumentsError, CommandLine, Option, parse
from .where import session

_INTERRUPTED = 130


@click.command(context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True})
@target_options
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="ACTION [OPTIONS] [ARGUMENTS]")
def flink(target: Target, arguments: Sequence[str]) -> None:
    """Run an ACTION of the official `flink` over REST: run, list, stop, cancel or savepoint.

    It takes Flink's own options, and prints Flink's own words. The session is what they name (-m HOST:PORT,
    -Dkubernetes.cluster-id=ID), else that of the options before ACTION, as for `flink-session job`. The exit status is
    0 or 1.
    """
    try:
        action, line = read(arguments)
        if line.has("h"):
            click.echo(_help(action))
            return
        _refuse(action, line)
        RUNS[action](line, session(line, target))
    except ArgumentsError as error:
        # Flink says these on standard output.
        click.echo(f"{error}\n\n{words.HELP}")
        sys.exit(1)
    except UserError as error:
        _failed(error)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def read(arguments: Sequence[str]) -> tuple[str, CommandLine]:
    """Read the action, and its options. Raises ArgumentsError."""
    valid = ", ".join(f'"{action}"' for action in ACTIONS)
    if not arguments:
        raise ArgumentsError(f"Please specify an action: {valid}.")
    action = arguments[0]
    if action in ELSEWHERE:
        raise ArgumentsError(f'"{action}" is not done here: {ELSEWHERE[action]}.')
    if action not in ACTIONS:
        raise ArgumentsError(f'"{action}" is not a valid action.\n\nValid actions are {valid}.')
    return action, parse(arguments[1:], ACTIONS[action], stop_at_argument=action == "run")


def _refuse(action: str, line: CommandLine) -> None:
    for option in ACTIONS[action]:
        if option.refused and line.has(option.short):
            raise ArgumentsError(f"-{option.short} is not taken here: {option.refused}.")


def _failed(error: UserError) -> NoReturn:
    talk(words.FAILED)
    talk(str(error))
    if isinstance(error, FlinkError) and (trace := getattr(error, "stack_trace", "")):
        talk(trace.rstrip().expandtabs(4))
    sys.exit(1)


def _help(action: str) -> str:
    lines = [f"flink-session flink {action}: Flink's options that are taken here:"]
    lines += [f"  {_spelled(option)}" for option in ACTIONS[action] if not option.refused]
    refused = [option for option in ACTIONS[action] if option.refused]
    if refused:
        lines += ["and those that are not:", *(f"  -{option.short}: {option.refused}" for option in refused)]
    return "\n".join(lines)


def _spelled(option: Option) -> str:
    value = {"none": "", "one": " VALUE", "optional": " [VALUE]", "property": "KEY=VALUE"}[option.value]
    return f"-{option.short}" + (f", --{option.long}" if option.long else "") + value
