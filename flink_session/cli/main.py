"""The entry point of the `flink-session` command.

Importing this module is cheap, so that `--help` is quick: each command imports what it needs when it runs.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console

Result = TypeVar("Result")
Command = TypeVar("Command", bound=Callable[..., Any])

_INTERRUPTED = 130


def _stack_options(command: Command) -> Command:
    """Add what every command needs to find its stack."""
    command = click.option("--stack", "-s", metavar="NAME", help="The stack; PULUMI_STACK if not given.")(command)
    return click.option(
        "--cwd",
        "-C",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=Path(),
        metavar="FOLDER",
        help="Where to look for Pulumi.yaml; here or in the nearest folder above.  [default: the current folder]",
    )(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="flink-session")
def main() -> None:
    """Deploy Apache Flink session clusters to Kubernetes with Pulumi programs, without the Pulumi CLI.

    Runs the Pulumi program of the current project on an embedded engine. State and configuration are Pulumi's own, in a
    file backend (PULUMI_BACKEND_URL, or backend.url in Pulumi.yaml): the `pulumi` CLI can take over at any time.
    Secrets are encrypted with PULUMI_CONFIG_PASSPHRASE, or what PULUMI_CONFIG_PASSPHRASE_FILE names. The cluster is
    that of KUBECONFIG.
    """


@main.command()
@_stack_options
@click.option("--yes", "-y", is_flag=True, help="Go on after the preview without asking.")
@click.option("--diff", is_flag=True, help="Show each changed property.")
def up(stack: str | None, cwd: Path, yes: bool, diff: bool) -> None:
    """Create or update the resources of a stack.

    Previews first: if anything in the preview fails, nothing is touched.
    """
    from flink_session.engine import operations

    confirm = _confirmation(yes)
    _exit(_guarded(lambda: asyncio.run(operations.up(cwd, stack, _console(), confirm, show_diff=diff))))


@main.command()
@_stack_options
@click.option("--diff", is_flag=True, help="Show each changed property.")
@click.option("--expect-no-changes", is_flag=True, help="Fail if there are changes.")
def preview(stack: str | None, cwd: Path, diff: bool, expect_no_changes: bool) -> None:
    """Show what `up` would do, by dry runs on the API server."""
    from flink_session.engine import operations

    run = operations.preview
    _exit(
        _guarded(lambda: asyncio.run(run(cwd, stack, _console(), show_diff=diff, expect_no_changes=expect_no_changes)))
    )


@main.command()
@_stack_options
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def destroy(stack: str | None, cwd: Path, yes: bool) -> None:
    """Delete all resources of a stack. The stack itself and its configuration are kept."""
    from flink_session.engine import operations

    confirm = _confirmation(yes)
    _exit(_guarded(lambda: asyncio.run(operations.destroy(cwd, stack, _console(), confirm))))


@main.command()
@_stack_options
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--show-secrets", is_flag=True, help="Print secret outputs in clear.")
def output(stack: str | None, cwd: Path, name: str | None, as_json: bool, show_secrets: bool) -> None:
    """Print the outputs of a stack, or the one called NAME."""
    from flink_session.engine import operations

    outputs = _guarded(lambda: operations.output(cwd, stack, show_secrets=show_secrets))
    if name is not None and name not in outputs:
        _fail(f"the stack has no output {name!r}; it has: {', '.join(sorted(outputs)) or 'none'}")
    if as_json:
        click.echo(json.dumps(outputs if name is None else outputs[name], indent=2, sort_keys=True, ensure_ascii=False))
    elif name is not None:
        click.echo(_plain_text(outputs[name]))
    else:
        width = max((len(key) for key in outputs), default=0)
        for key in sorted(outputs):
            click.echo(f"{key.ljust(width)}  {_plain_text(outputs[key])}")


def _plain_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, markup=False)


def _confirmation(yes: bool) -> Callable[[str], bool] | None:
    if yes:
        return None
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        _fail("--yes is needed where there is no terminal to ask on")
    return lambda question: click.confirm(question, default=False)


def _guarded(run: Callable[[], Result]) -> Result:
    """Run a command; errors of the user are one message and an exit status."""
    from flink_session.engine.errors import EngineError

    try:
        return run()
    except EngineError as error:
        _fail(str(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        click.echo(
            "interrupted; what was begun is recorded, and the next `up` or `destroy` goes on from there", err=True
        )
        sys.exit(_INTERRUPTED)
    raise AssertionError("unreachable")


def _fail(message: str) -> None:
    click.echo(f"error: {message}", err=True)
    sys.exit(1)


def _exit(succeeded: bool) -> None:
    sys.exit(0 if succeeded else 1)


if __name__ == "__main__":
    main()
