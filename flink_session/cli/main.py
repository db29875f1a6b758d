"""The entry point of the `flink-session` command.

Importing this module is cheap, so that `--help` is quick: each command imports what it needs when it runs.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import atexit
import gc
import json
import sys
from pathlib import Path
from textwrap import indent
from typing import Any

import click

from .lazy import LazyGroup
from .options import fail, guarded, run, run_options, stack_options
from .stack import cancel, stack

_OBJECTS_BETWEEN_COLLECTIONS = 10_000
"""Imports make a great many objects, and next to no garbage: Python's own 700 would cost a tenth of a preview."""


@click.group(
    cls=LazyGroup,
    lazy={
        "config": "flink_session.cli.config:config",
        "flink": "flink_session.cli.flink.commands:flink",
        "job": "flink_session.cli.job.commands:job",
        "manifests": "flink_session.cli.manifests:manifests",
        "review": "flink_session.cli.review.command:review",
        "session": "flink_session.cli.session.commands:session",
        "sessions": "flink_session.cli.sessions.command:sessions",
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)
@click.version_option(package_name="flink-session")
def main() -> None:
    """Deploy Apache Flink session clusters to Kubernetes with Pulumi programs, without the Pulumi CLI.

    Runs the Pulumi program of the current project on an embedded engine. State and configuration are Pulumi's own, in a
    file backend (PULUMI_BACKEND_URL, or backend.url in Pulumi.yaml): the `pulumi` CLI can take over at any time.
    Secrets are encrypted with PULUMI_CONFIG_PASSPHRASE, or what PULUMI_CONFIG_PASSPHRASE_FILE names. The cluster is
    that of KUBECONFIG.
    """
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    # At the end, Python would look through all there is once more: up to 50 ms for what the system takes back anyway.
    atexit.register(gc.freeze)


@main.command()
@run_options("yes", "skip_preview", "refresh", "expect_no_changes", "outputs")
def up(**chosen: Any) -> None:
    """Create or update the resources of a stack.

    Previews first: if anything in the preview fails, nothing is touched.
    """
    run("up", **chosen)


@main.command()
@run_options("refresh", "expect_no_changes", "json", "offline", "outputs")
def preview(**chosen: Any) -> None:
    """Show what `up` would do, by dry runs on the API server.

    Where the cluster cannot be asked, this shows what can be known without it, and ends with status 1; with --offline
    that is what was wanted.
    """
    if sys.stdout.isatty() and not chosen["as_json"]:
        hint = "\n`flink-session review` tells what this means to a session and its jobs."
        click.get_current_context().call_on_close(lambda: click.echo(hint, err=True))
    run("preview", **chosen)


@main.command()
@run_options("yes", "skip_preview", "preview_only", "json", "expect_no_changes")
def refresh(**chosen: Any) -> None:
    """Bring the state of a stack up to what is in the cluster, and touch nothing there."""
    run("refresh", **chosen)


@main.command()
@run_options("yes", "skip_preview", "preview_only", "json", "refresh")
def destroy(**chosen: Any) -> None:
    """Delete all resources of a stack. The stack itself and its configuration are kept."""
    run("destroy", **chosen)


@main.command()
@stack_options
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--show-secrets", is_flag=True, help="Print secret outputs in clear.")
def output(stack: str | None, cwd: Path, name: str | None, as_json: bool, show_secrets: bool) -> None:
    """Print the outputs of a stack, or the one called NAME."""
    from flink_session.engine import operations

    outputs = guarded(lambda: operations.output(cwd, stack, show_secrets=show_secrets))
    if name is not None and name not in outputs:
        fail(f"the stack has no output {name!r}; it has: {', '.join(sorted(outputs)) or 'none'}")
    if as_json:
        click.echo(json.dumps(outputs if name is None else outputs[name], indent=2, sort_keys=True, ensure_ascii=False))
    elif name is not None:
        click.echo(_plain_text(outputs[name]))
    else:
        width = max((len(key) for key in outputs), default=0)
        for key in sorted(outputs):
            text = _plain_text(outputs[key])
            click.echo(f"{key}:\n{indent(text, '  ')}" if "\n" in text else f"{key.ljust(width)}  {text}")


def _plain_text(value: Any) -> str:
    """Write a text as it is, a map or a list as YAML, a line for each entry, anything else as JSON."""
    if isinstance(value, (dict, list)) and value:
        import yaml

        return str(yaml.safe_dump(value, default_flow_style=False, allow_unicode=True, width=4096)).rstrip("\n")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


main.add_command(cancel)
main.add_command(stack)

if __name__ == "__main__":
    main()
