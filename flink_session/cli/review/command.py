"""`flink-session review`: what a change means to Flink, before it is deployed."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..options import console, fail, guarded, stack_options

if TYPE_CHECKING:
    from flink_session.api_server.kubeconfig import ClusterChoice
    from flink_session.review.facts import Facts
    from flink_session.review.model import Review
    from flink_session.review.preview import Preview

    from .previews import Wanted

_FORMS = ("terminal", "markdown", "html", "json")
_IMPACTS = (
    "no-effect",
    "session-created",
    "rest-access",
    "new-taskmanagers",
    "session-resumed",
    "jobs-recover",
    "jobs-lost",
    "session-suspended",
    "session-replaced",
    "session-deleted",
)
"""Those of `flink_session.review.model.Impact`, which takes longer to import than `--help` may; a test compares."""
_FAILED = 20
"""Exit status of an impact that is not wanted, to which its rank is added."""
_FOLDER = click.Path(dir_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=True)


def _print_schema(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        import json

        from flink_session.review.render.json import schema

        click.echo(json.dumps(schema(), indent=2))
        context.exit()


@click.command()
@stack_options
@click.option(
    "--from", "from_", type=_FILE, metavar="FILE", help="A digest, event log or plan of `pulumi preview`; - is stdin."
)
@click.option("--state", type=_FILE, metavar="FILE", help="The state that a plan was made on.")
@click.option("--states", nargs=2, type=_FILE, metavar="BEFORE AFTER", help="Compare two states of a stack.")
@click.option("--base", metavar="REVISION", help="Review what this work tree adds to a git revision.")
@click.option(
    "--format", "form", type=click.Choice(_FORMS), help="The form; else by the ending of --output, else terminal."
)
@click.option("--output", "-o", type=_FOLDER, metavar="FILE", help="Write into a file; by its ending in that form.")
@click.option(
    "--fail-on", type=click.Choice(_IMPACTS), help="Fail with status 20 + rank at this impact, or a worse one."
)
@click.option(
    "--offline", is_flag=True, envvar="FLINK_SESSION_OFFLINE", help="Ask no cluster.  [env: FLINK_SESSION_OFFLINE]"
)
@click.option("--context", default="", metavar="NAME", help="Ask the cluster of this context about jobs and limits.")
@click.option("--gib-hour", type=click.FloatRange(min=0), default=0.0, metavar="PRICE", help="Of memory, for the cost.")
@click.option("--core-hour", type=click.FloatRange(min=0), default=0.0, metavar="PRICE", help="Of processors.")
@click.option(
    "--schema", is_flag=True, is_eager=True, expose_value=False, callback=_print_schema, help="Print the JSON Schema."
)
def review(
    stack: str | None,
    cwd: Path,
    from_: Path | None,
    state: Path | None,
    states: tuple[Path, Path] | None,
    base: str | None,
    form: str | None,
    output: Path | None,
    fail_on: str | None,
    offline: bool,
    context: str,
    gib_hour: float,
    core_hour: float,
) -> None:
    """Show what a change means to Flink before it is deployed: its impact, why, and what to look at.

    Reviews a preview of the project here, or one that `pulumi preview --json` has made, from --from or a pipe. Ends
    with status 0 whatever the impact is, unless --fail-on says otherwise; with 1 if the preview itself failed.
    """
    if sum(map(bool, (from_, states, base))) > 1:
        raise click.UsageError("--from, --states and --base exclude each other")
    if state and not from_:
        raise click.UsageError("--state belongs to a plan, and needs --from")
    piped = not (from_ or states or base or stack) and _is_pipe()
    if piped:
        click.echo("reading a preview from standard input; --stack reviews the project here", err=True)
    from flink_session.review.facts import Prices
    from flink_session.review.reviewing import review as reviewed

    from .previews import Wanted, preview_of

    wanted = Wanted(stack, cwd, Path("-") if piped else from_, state, states, base, offline)
    preview = guarded(lambda: preview_of(wanted))
    asked = bool(context) or not (offline or wanted.file or states)
    facts = guarded(lambda: _facts(preview, wanted, context, asked=asked))
    result = reviewed(preview, facts, Prices(gib_hour, core_hour))
    _write(result, form, output)
    rank = _IMPACTS.index(result.verdict.impact.value)
    if fail_on and rank >= _IMPACTS.index(fail_on):
        sys.exit(_FAILED + rank)
    if any(remark.severity == "error" and not remark.policy for remark in preview.remarks):
        sys.exit(1)


def _is_pipe() -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode)
    except (OSError, ValueError):
        return False


def _facts(preview: Preview, wanted: Wanted, context: str, *, asked: bool) -> Facts:
    from flink_session.review.facts import NOTHING_ASKED, Facts
    from flink_session.review.sessions import find_sessions

    views = list(find_sessions(preview))
    if not asked:
        return Facts(gaps=("no cluster was asked: neither for jobs nor for limits",)) if views else NOTHING_ASKED
    import asyncio

    from flink_session.api_server.kubeconfig import ClusterChoice

    from .asking import ask

    choice = ClusterChoice(context=context) if context else _choice_of(wanted)
    return asyncio.run(ask(choice, views))


def _choice_of(wanted: Wanted) -> ClusterChoice:
    """Give the cluster of the stack: that of its configuration, or of the providers that it records."""
    from flink_session.api_server.kubeconfig import ClusterChoice
    from flink_session.engine.stack.target import Loaded, Target

    from ..recorded_sessions import recorded_sessions

    target = Target.find(wanted.cwd, wanted.stack)
    values = Loaded.load(target).config.values
    chosen = {key: str(values.get(f"kubernetes:{key}", "")) for key in ("kubeconfig", "context")}
    for session in recorded_sessions(target.file.read() or {}):
        return ClusterChoice(session.kubeconfig or chosen["kubeconfig"], session.context or chosen["context"])
    return ClusterChoice(**chosen)


def _write(review: Review, form: str | None, output: Path | None) -> None:
    form = form or (_BY_ENDING.get(output.suffix, "markdown") if output else "terminal")
    if form == "terminal" and output is None:
        from flink_session.review.render.terminal import show

        show(review, console())
        return
    text = _rendered(review, form)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{output} cannot be written: {error.strerror}")


def _rendered(review: Review, form: str) -> str:
    if form == "markdown":
        from flink_session.review.render.markdown import to_markdown

        return to_markdown(review)
    if form == "html":
        from flink_session.review.render.html import to_html

        return to_html(review)
    if form == "json":
        from flink_session.review.render.json import to_json

        return to_json(review)
    import io

    from rich.console import Console

    from flink_session.review.render.terminal import show

    shown = io.StringIO()
    show(review, Console(file=shown, width=120, markup=False, highlight=False))
    return shown.getvalue()


_BY_ENDING = {".html": "html", ".json": "json", ".md": "markdown"}
