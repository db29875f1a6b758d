"""How the commands on sessions end: each error as one message, with an exit status that scripts can use."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator

import click

from flink_session.errors import UserError

from ..options import fail

_INTERRUPTED = 130
_UNREACHABLE = 6


@contextlib.contextmanager
def ended_well(interrupted: str = "") -> Iterator[None]:
    """Run a command. `interrupted` is what to say after Ctrl-C."""
    try:
        yield
    except UserError as error:
        from flink_session.api_server.errors import ClusterError

        fail(str(error), _UNREACHABLE if isinstance(error, ClusterError) else error.status)
    except KeyboardInterrupt:
        # Whoever presses once more would only break what is being put away.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if interrupted:
            click.echo(interrupted, err=True)
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read it has seen enough. Python would complain of it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
