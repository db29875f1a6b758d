"""The entry point of the `flink-session` command.

Importing this module is cheap, so that `--help` is quick: each command imports what it needs when it runs.
"""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from .config import config
from .manifests import manifests
from .options import console, fail, finish, guarded, options, run_options, stack_options
from .stack import cancel, stack


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="flink-session")
def main() -> None:
    """Deploy Apache Flink session clusters to Kubernetes with Pulumi programs, without the Pulumi CLI.

    Runs the Pulumi program of the current project on an embedded engine. State and configuration are Pulumi's own, in a
    file backend (PULUMI_BACKEND_URL, or backend.url in Pulumi.yaml): the `pulumi` CLI can take over at any time.
    Secrets are encrypted with PULUMI_CONFIG_PASSPHRASE, or what PULUMI_CONFIG_PASSPHRASE_FILE names. The cluster is
    that of KUBECONFIG.
    """


_expect_no_changes = click.option("--expect-no-changes", is_flag=True, help="Fail if there are changes.")
_yes = click.option("--yes", "-y", is_flag=True, help="Go on after the preview without asking.")
_refresh = click.option("--refresh", "-r", is_flag=True, help="Read what is in the cluster first.")
_preview_only = click.option("--preview-only", is_flag=True, help="Only show what would be done.")
_json = click.option("--json", "as_json", is_flag=True, help="Print the digest of `pulumi preview --json`, no more.")
_skip_preview = click.option("--skip-preview", "-f", is_flag=True, help="Begin at once.")


@main.command()
@run_options
@_yes
@_skip_preview
@_refresh
@_expect_no_changes
def up(stack: str | None, cwd: Path, **chosen: Any) -> None:
    """Create or update the resources of a stack.

    Previews first: if anything in the preview fails, nothing is touched.
    """
    from flink_session.engine import operations

    wanted = options(**chosen)
    finish(lambda: operations.up(cwd, stack, console(), wanted))


@main.command()
@run_options
@_refresh
@_expect_no_changes
@_json
def preview(stack: str | None, cwd: Path, **chosen: Any) -> None:
    """Show what `up` would do, by dry runs on the API server."""
    from flink_session.engine import operations

    wanted = options(**chosen)
    finish(lambda: operations.preview(cwd, stack, console(), wanted))


@main.command()
@run_options
@_yes
@_skip_preview
@_preview_only
@_json
@_expect_no_changes
def refresh(stack: str | None, cwd: Path, **chosen: Any) -> None:
    """Bring the state of a stack up to what is in the cluster, and touch nothing there."""
    from flink_session.engine import operations

    wanted = options(**chosen)
    finish(lambda: operations.refresh(cwd, stack, console(), wanted))


@main.command()
@run_options
@_yes
@_skip_preview
@_preview_only
@_json
@_refresh
def destroy(stack: str | None, cwd: Path, **chosen: Any) -> None:
    """Delete all resources of a stack. The stack itself and its configuration are kept."""
    from flink_session.engine import operations

    wanted = options(**chosen)
    finish(lambda: operations.destroy(cwd, stack, console(), wanted))


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
            click.echo(f"{key.ljust(width)}  {_plain_text(outputs[key])}")


def _plain_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


main.add_command(cancel)
main.add_command(config)
main.add_command(manifests)
main.add_command(stack)

if __name__ == "__main__":
    main()
