"""`flink-session config`: the values in a stack's configuration file."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import click

from .options import guarded, non_interactive_option, pass_on, stack_options

_show_secrets = click.option("--show-secrets", is_flag=True, help="Print secret values in clear.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_path = click.option(
    "--path", "as_path", is_flag=True, help='KEY leads into a map or list: configuration["a.b"], tags[0].'
)
_MASK = "[secret]"


@click.group(invoke_without_command=True)
@stack_options
@_json
@_show_secrets
@click.pass_context
def config(context: click.Context, stack: str | None, cwd: Path, as_json: bool, show_secrets: bool) -> None:
    """Show a stack's configuration, or change it."""
    if context.invoked_subcommand:
        pass_on(context)
        return
    from flink_session.engine.stack import config_commands

    values, secret = guarded(lambda: config_commands.read(cwd, stack))
    shown = {key: values[key] if show_secrets or key not in secret else _MASK for key in sorted(values)}
    if as_json:
        entries = {
            key: {**({"value": value} if value != _MASK else {}), "secret": key in secret}
            for key, value in shown.items()
        }
        click.echo(json.dumps(entries, indent=2, ensure_ascii=False))
        return
    width = max([3, *(len(key) for key in shown)])
    click.echo(f"{'KEY'.ljust(width)}  VALUE")
    for key, value in shown.items():
        click.echo(f"{key.ljust(width)}  {value}")


@config.command()
@stack_options
@click.argument("key")
@_json
@_path
def get(stack: str | None, cwd: Path, key: str, as_json: bool, as_path: bool) -> None:
    """Print the value of KEY, in clear if it is secret."""
    from flink_session.engine.stack import config_commands

    value, secret = guarded(lambda: config_commands.get(cwd, stack, key, as_path=as_path))
    click.echo(json.dumps({"value": value, "secret": secret}, indent=2, ensure_ascii=False) if as_json else value)


class _SetCommand(click.Command):
    """Never repeats what it does not understand: it may be a secret."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if _OPTION.fullmatch(error.option_name):
                raise
            what = "a value that begins with - is taken for an option"
        except click.UsageError as error:
            if "extra argument" not in error.message:
                raise
            what = "there is more than a key and a value"
        raise click.UsageError(f"{what}: give it on standard input, or behind --", ctx)


_OPTION = re.compile(r"--[a-z][a-z-]{1,15}")


@config.command("set", cls=_SetCommand)
@stack_options
@click.argument("key")
@click.argument("value", required=False)
@click.option("--secret", is_flag=True, help="Encrypt the value.")
@_path
@non_interactive_option
def set_(stack: str | None, cwd: Path, key: str, value: str | None, secret: bool, as_path: bool) -> None:
    """Set KEY to VALUE; without VALUE, to what is typed or on standard input."""
    from flink_session.engine.stack import config_commands

    if value is None:
        value = click.prompt("value", hide_input=secret) if sys.stdin.isatty() else sys.stdin.read().rstrip("\n")
    guarded(lambda: config_commands.set_value(cwd, stack, key, value, secret=secret, as_path=as_path))


@config.command()
@stack_options
@click.argument("key")
@_path
def rm(stack: str | None, cwd: Path, key: str, as_path: bool) -> None:
    """Remove KEY."""
    from flink_session.engine.stack import config_commands

    guarded(lambda: config_commands.remove(cwd, stack, key, as_path=as_path))
