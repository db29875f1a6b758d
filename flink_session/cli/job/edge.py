"""Where commands on jobs meet the user: how the session is found, and how each of them ends.

Errors are a sentence with its cause and what to do next; Flink's stack trace comes with `--verbose` alone. Whoever
presses Ctrl-C leaves what he was looking at, and ends no job.
"""

from __future__ import annotations

import contextlib
import functools
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, TypeVar

import click

from flink_session.api_server.errors import ClusterError
from flink_session.cli.output import talk
from flink_session.cli.target import Target, target_options
from flink_session.client.errors import UnreachableError
from flink_session.errors import UserError

Command = TypeVar("Command", bound=Callable[..., Any])

FAILED, USAGE, NOT_FOUND, TIMEOUT, REFUSED, UNREACHABLE, INTERRUPTED = 1, 2, 3, 4, 5, 6, 130
"""Exit statuses, as docs/jobs.md has them."""


class JobError(UserError):
    """A command on a job did not do what it was to do.

    Attributes:
        stack_trace: Flink's own text.
    """

    def __init__(self, message: str, status: int = FAILED, stack_trace: str = "") -> None:
        super().__init__(message)
        self.status, self.stack_trace = status, stack_trace


def on_session(command: Command) -> Command:
    """Add what every command on a session has; it gets `target` and `as_json`."""

    @click.option("--json", "as_json", is_flag=True, help="Print JSON; see docs/jobs.md.")
    @click.option("--verbose", "-v", is_flag=True, help="With an error, print Flink's stack trace.")
    @functools.wraps(command)
    def run(*args: Any, verbose: bool, **others: Any) -> Any:
        with reporting(verbose=verbose):
            return command(*args, **others)

    return target_options(run)  # type: ignore[return-value]


@contextlib.contextmanager
def reporting(*, verbose: bool) -> Iterator[None]:
    """Turn the errors of a block into a message and an exit status."""
    try:
        yield
    except UserError as error:
        end_with(error, verbose=verbose)
    except KeyboardInterrupt:
        interrupted("")


def end_with(error: UserError, *, verbose: bool) -> NoReturn:
    """End with an error."""
    from .knowing.hints import hint_for  # noqa: PLC0415 (patterns are compiled when something has failed)

    stack_trace = str(getattr(error, "stack_trace", ""))
    how = error.how if isinstance(error, UnreachableError) else ""
    talk(f"error: no answer from {how}: {error}" if how else f"error: {error}")
    if how:
        talk(
            "hint: is it the REST address of a JobManager that runs? `flink-session sessions -A` lists those there are"
        )
    elif hint := hint_for(stack_trace or str(error)):
        talk(f"hint: {hint}")
    if stack_trace and verbose:
        talk(stack_trace.rstrip().expandtabs(4))
    elif stack_trace.count("\n") > 1:
        talk("(-v shows Flink's stack trace)")
    sys.exit(UNREACHABLE if isinstance(error, ClusterError) else error.status)


@contextlib.contextmanager
def left_by_interrupt(say: Callable[[], str]) -> Iterator[None]:
    """Let Ctrl-C end the command alone; `say` tells what goes on, and how to see it again."""
    try:
        yield
    except KeyboardInterrupt:
        interrupted(say())


def interrupted(message: str) -> NoReturn:
    """End after Ctrl-C. Whoever presses once more would only break the message."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if message:
        talk(f"\n{message}" if sys.stderr.isatty() else message)
    sys.exit(INTERRUPTED)


def command_line(target: Target, *words: str) -> str:
    """Give a command of this group for the same session, to be copied: headers, which may be secrets, are dots."""
    options: list[str] = []
    for option, value in (("-S", target.session), ("-n", target.namespace), ("--context", target.context)):
        options += [option, value] if value else []
    if target.stack is not None:
        options += ["-s", target.stack]
    if (target.stack is not None or not target.session) and str(target.cwd) != ".":
        options += ["-C", str(target.cwd)]
    if tls := target.tls:
        files = {"--ca-file": tls.ca_file, "--certificate-file": tls.certificate_file, "--key-file": tls.key_file}
        options += [word for option, file in files.items() if file for word in (option, file)]
        options += [] if tls.verify else ["--insecure"]
    for name in target.headers:
        options += ["-H", f"{name}: ..."]
    return shlex.join(["flink-session", "job", *words, *options])
