"""`flink-session stack` and `cancel`: the stacks of a project."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from .options import DECLINED, confirmation, cwd_option, fail, guarded, non_interactive_option, stack_options

_name = click.argument("name")
_yes = click.option("--yes", "-y", is_flag=True, help="Do not ask.")
_file = click.option("--file", type=click.Path(dir_okay=False, path_type=Path), help="A file instead of a stream.")


@click.group()
def stack() -> None:
    """List, make, choose, move and remove stacks."""


@stack.command("ls")
@cwd_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(cwd: Path, as_json: bool) -> None:
    """List the stacks of the project; the selected one has a star."""
    from flink_session.engine.stack import stack_commands

    found = guarded(lambda: stack_commands.list_stacks(cwd))
    if as_json:
        entries = [
            {
                "name": item.name,
                "current": item.current,
                **({"lastUpdate": item.last_update} if item.last_update else {}),
                "resourceCount": item.resources,
            }
            for item in found
        ]
        click.echo(json.dumps(entries, indent=2))
        return
    rows = [("NAME", "LAST UPDATE", "RESOURCE COUNT")]
    rows += [(item.name + "*" * item.current, item.last_update or "n/a", str(item.resources)) for item in found]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for row in rows:
        click.echo(f"{row[0].ljust(widths[0])}  {row[1].ljust(widths[1])}  {row[2]}")


@stack.command()
@cwd_option
@_name
def init(cwd: Path, name: str) -> None:
    """Make a stack, and select it."""
    from flink_session.engine.stack import stack_commands

    guarded(lambda: stack_commands.init_stack(cwd, name))
    click.echo(f"Created stack '{name}'")


@stack.command()
@cwd_option
@_name
def select(cwd: Path, name: str) -> None:
    """Let commands without --stack mean this stack, those of the `pulumi` CLI included."""
    from flink_session.engine.stack import stack_commands

    guarded(lambda: stack_commands.select_stack(cwd, name))


@stack.command()
@cwd_option
@_name
@_yes
@non_interactive_option
@click.option("--force", "-f", is_flag=True, help="Even if it has resources; they stay in the cluster.")
@click.option("--preserve-config", is_flag=True, help="Keep the stack's configuration file.")
def rm(cwd: Path, name: str, yes: bool, force: bool, preserve_config: bool) -> None:
    """Remove a stack: its state and its configuration file."""
    from flink_session.engine.stack import stack_commands

    confirm = confirmation(yes)
    if confirm and not confirm(f"Remove the stack {name!r}?"):
        fail("confirmation declined, nothing was changed", DECLINED)
    guarded(lambda: stack_commands.remove_stack(cwd, name, force=force, preserve_config=preserve_config))
    click.echo(f"Stack '{name}' has been removed!")


@stack.command()
@stack_options
@_file
@click.option("--show-secrets", is_flag=True, help="Write secrets in clear.")
def export(stack: str | None, cwd: Path, file: Path | None, show_secrets: bool) -> None:
    """Write the state of a stack, in the form of `pulumi stack export`."""
    from flink_session.engine.stack import stack_commands

    document = guarded(lambda: stack_commands.export_stack(cwd, stack, show_secrets=show_secrets))
    text = json.dumps(document, indent=4) + "\n"
    if file:
        file.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


@stack.command("import")
@stack_options
@_file
@click.option("--force", "-f", is_flag=True, help="Even if it is of another stack, or not consistent.")
def import_(stack: str | None, cwd: Path, file: Path | None, force: bool) -> None:
    """Replace the state of a stack by an exported one."""
    from flink_session.engine.stack import stack_commands

    try:
        document = json.loads(file.read_text(encoding="utf-8") if file else sys.stdin.read())
    except (OSError, ValueError) as error:
        fail(f"{file or 'standard input'} cannot be read: {error}")
    guarded(lambda: stack_commands.import_stack(cwd, stack, document, force=force))
    click.echo("Import complete.")


@click.command()
@cwd_option
@click.argument("name", required=False)
@_yes
@non_interactive_option
def cancel(cwd: Path, name: str | None, yes: bool) -> None:
    """Take away the locks of a stack.

    Whoever holds one is not stopped: make sure that no other update is running.
    """
    from flink_session.engine.stack import stack_commands

    confirm = confirmation(yes)
    if confirm and not confirm("Another update may still be running. Take away its lock?"):
        fail("confirmation declined, nothing was changed", DECLINED)
    count = guarded(lambda: stack_commands.cancel(cwd, name))
    click.echo(f"{count} {'lock' if count == 1 else 'locks'} taken away")
