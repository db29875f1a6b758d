"""What the commands have in common: options, errors as one message, and the terminal."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

Result = TypeVar("Result")
Command = TypeVar("Command", bound=Callable[..., Any])

_INTERRUPTED = 130
_USAGE = 2
DECLINED = 8
"""Exit statuses; those of an error are its own."""


def cwd_option(command: Command) -> Command:
    """Add what every command needs to find its project."""
    return click.option(
        "--cwd",
        "-C",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=Path(),
        metavar="FOLDER",
        help="Where to look for Pulumi.yaml; here or in the nearest folder above.  [default: the current folder]",
    )(command)


def stack_options(command: Command) -> Command:
    """Add what every command on a stack needs to find it."""
    help_ = "The stack; else that of PULUMI_STACK, else the selected one."
    return cwd_option(click.option("--stack", "-s", metavar="NAME", help=help_)(command))


_RUN_OPTIONS = {
    "yes": click.option("--yes", "-y", is_flag=True, help="Go on after the preview without asking."),
    "skip_preview": click.option("--skip-preview", "-f", is_flag=True, help="Begin at once."),
    "preview_only": click.option("--preview-only", is_flag=True, help="Only show what would be done."),
    "refresh": click.option("--refresh", "-r", is_flag=True, help="Read what is in the cluster first."),
    "expect_no_changes": click.option("--expect-no-changes", is_flag=True, help="Fail if there are changes."),
    "json": click.option(
        "--json", "as_json", is_flag=True, help="Print the digest of `pulumi preview --json`, no more."
    ),
    "offline": click.option(
        "--offline",
        is_flag=True,
        envvar="FLINK_SESSION_OFFLINE",
        help="Ask no cluster: compare with what is recorded.  [env: FLINK_SESSION_OFFLINE]",
    ),
    "outputs": click.option("--outputs", "show_outputs", is_flag=True, help="Show all outputs, changed or not, whole."),
    "diff": click.option("--diff", "show_diff", is_flag=True, help="Show each changed property."),
    "parallel": click.option(
        "--parallel", "-p", type=click.IntRange(min=1), metavar="N", help="Resources to work on at a time.  [32]"
    ),
}
"""Of the commands that work on the cluster; all of them have the last two."""


def run_options(*names: str) -> Callable[[Command], Command]:
    """Add some of the options of a run, those that all runs have, and what finds the stack."""

    def add(command: Command) -> Command:
        for name in reversed((*names, "diff", "parallel")):
            command = _RUN_OPTIONS[name](command)
        return stack_options(non_interactive_option(command))

    return add


def non_interactive_option(command: Command) -> Command:
    """Add the option that lets nothing be asked, as if there were no terminal."""

    def forget_terminal(_context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        if value:
            sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 (for as long as the process runs)

    return click.option(
        "--non-interactive", is_flag=True, expose_value=False, callback=forget_terminal, help="Ask nothing."
    )(command)


def run(operation: str, stack: str | None, cwd: Path, **chosen: Any) -> NoReturn:
    """Run one of the engine's operations to its end, with what was chosen, and leave."""
    from flink_session.engine import operations

    wanted = _options(**chosen)
    finish(lambda: getattr(operations, operation)(cwd, stack, cache(console), wanted))


def _options(
    parallel: int | None,
    *,
    yes: bool | None = None,
    skip_preview: bool = False,
    preview_only: bool | None = None,
    as_json: bool = False,
    **chosen: Any,
) -> Any:
    """Give the engine's options; `yes` is None for commands that ask nothing, and `preview_only` for those without."""
    from flink_session.engine.options import PARALLEL, Options

    if preview_only and skip_preview:
        fail("--preview-only and --skip-preview exclude each other", _USAGE)
    if as_json and preview_only is False:
        fail("--json is the digest of a preview, and needs --preview-only", _USAGE)
    confirm = None if yes is None or skip_preview or preview_only else confirmation(yes)
    return Options(
        confirm=confirm,
        as_json=as_json,
        skip_preview=skip_preview,
        preview_only=bool(preview_only),
        parallel=parallel or PARALLEL,
        **chosen,
    )


def console() -> Console:
    """Give what everything is shown on."""
    from rich.console import Console

    return Console(highlight=False, markup=False)


def confirmation(yes: bool) -> Callable[[str], bool] | None:
    """Give what asks the user; None if he has said yes already."""
    if yes:
        return None
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        fail("--yes is needed where there is no terminal to ask on", _USAGE)
    return lambda question: click.confirm(question, default=False)


def pass_on(context: click.Context) -> None:
    """Let what was said to a group hold for its subcommand, which finds it nearer or refuses it.

    `config --stack prod set KEY VALUE` means the stack `prod`, not the selected one.
    """
    group = context.command
    assert isinstance(group, click.Group)  # noqa: S101 (only groups have subcommands)
    subcommand = group.commands[str(context.invoked_subcommand)]
    known = {parameter.name for parameter in subcommand.params}
    given = [item for item in group.params if _was_given(context, item.name)]
    if unknown := [item.opts[0] for item in given if item.name not in known]:
        fail(f"{', '.join(unknown)}: `{context.command_path} {subcommand.name}` has no such option", _USAGE)
    passed = {str(item.name): context.params[str(item.name)] for item in given}
    context.default_map = {**(context.default_map or {}), str(subcommand.name): passed}


def _was_given(context: click.Context, name: str | None) -> bool:
    return context.get_parameter_source(name or "") is click.core.ParameterSource.COMMANDLINE


def guarded(run: Callable[[], Result]) -> Result:
    """Run a command; errors of the user are one message and an exit status."""
    from flink_session.errors import UserError

    try:
        return run()
    except UserError as error:
        fail(str(error), error.status)
    except KeyboardInterrupt:
        # Whoever presses once more would only break what is being put away.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        click.echo(
            "interrupted; what was begun is recorded, and the next `up` or `destroy` goes on from there", err=True
        )
        sys.exit(_INTERRUPTED)


def finish(run: Callable[[], Any]) -> NoReturn:
    """Run a coroutine to its end, and leave with the exit status that says whether it went well."""
    import asyncio

    def work() -> Any:
        try:
            return asyncio.run(run())
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None

    sys.exit(0 if guarded(work) else 1)


def fail(message: str, status: int = 1) -> NoReturn:
    """End with an error."""
    click.echo(f"error: {message}", err=True)
    sys.exit(status)
