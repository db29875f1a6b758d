"""Running the engine on a session's project, the embedded one or the `pulumi` CLI: everything it shows is talk."""

# ruff: noqa: PLC0415 (what is slow to import is imported where it is used)

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flink_session.engine.errors import ChangesError
from flink_session.engine.options import Options
from flink_session.engine.stack.passphrase import FILE_VARIABLE, VARIABLE
from flink_session.errors import UserError

from ..output import talk
from .project import SessionProject, kept_passphrase

if TYPE_CHECKING:
    from rich.console import Console


class PulumiError(UserError):
    """The `pulumi` CLI cannot do it."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What brings a project into the cluster, and takes it away.

    Attributes:
        quiet: nothing is shown but failures.
        pulumi: the `pulumi` CLI does it; else the embedded engine.
    """

    quiet: bool = False
    pulumi: bool = False

    def prepare(self, project: SessionProject, *, has_secrets: bool = False) -> None:
        """Make sure that what is needed is there, before anything is begun.

        Secrets of a stack are encrypted by a passphrase. Who has set none is not asked for one: one is made up once,
        and kept where nobody else reads it.

        Args:
            project: the session's.
            has_secrets: whether it will have any; it is known of those that it has.

        Raises:
            PulumiError: the `pulumi` CLI is wanted, and is not there.
            EngineError: see there.
        """
        if self.pulumi and not shutil.which("pulumi"):
            raise PulumiError(
                "--pulumi: there is no `pulumi` on the PATH; install the Pulumi CLI, or leave --pulumi out: the "
                "embedded engine needs none"
            )
        if VARIABLE in os.environ or os.environ.get(FILE_VARIABLE):
            return
        # The Pulumi CLI wants one for any stack.
        if has_secrets or self.pulumi or project.has_salt():
            file, made = kept_passphrase(Path.home())
            os.environ[FILE_VARIABLE] = str(file)
            if made:
                talk(
                    f"A passphrase is made up, and kept in {file}, which only you can read: it encrypts the secrets in "
                    f"the states of your sessions. Set {VARIABLE} to use one of yours."
                )

    def up(self, project: SessionProject) -> bool:
        """Deploy what the project describes, without asking; gives whether all went well. Raises UserError."""
        if self.pulumi:
            return self._pulumi(project, "up", "--yes", "--skip-preview")
        return self._run("up", project, Options(skip_preview=True))

    def changes(self, project: SessionProject) -> bool | None:
        """Show what `up` would change; gives whether that is anything, None where it would fail. Raises UserError."""
        if self.pulumi:
            return self._pulumi_changes(project)
        try:
            return False if self._run("preview", project, Options(expect_no_changes=True)) else None
        except ChangesError:
            return True

    def destroy(self, project: SessionProject) -> bool:
        """Delete all that the project has deployed, without asking; gives whether all went well. Raises UserError."""
        if self.pulumi:
            return self._pulumi(project, "destroy", "--yes", "--skip-preview")
        return self._run("destroy", project, Options(skip_preview=True, advise=False))

    def _run(self, operation: str, project: SessionProject, options: Options) -> bool:
        from flink_session.engine import operations

        kept, interruptions = StringIO(), list[None]()

        @cache
        def console() -> Console:
            from rich.console import Console

            file = kept if self.quiet else sys.stderr
            return Console(file=file, highlight=False, markup=False)

        options = replace(options, on_interrupt=lambda: interruptions.append(None))
        work: Any = getattr(operations, operation)
        succeeded = False
        try:
            succeeded = asyncio.run(work(project.folder, project.stack, console, options))
        except asyncio.CancelledError:
            raise KeyboardInterrupt from None
        finally:
            if not succeeded:
                sys.stderr.write(kept.getvalue())
        if interruptions and not succeeded:
            raise KeyboardInterrupt
        return bool(succeeded)

    def _pulumi(self, project: SessionProject, *words: str) -> bool:
        self._create_stack(project)
        return self._call(project, words) == 0

    def _pulumi_changes(self, project: SessionProject) -> bool | None:
        self._create_stack(project)
        if self._call(project, ("preview",)):
            return None
        return self._call(project, ("preview", "--expect-no-changes"), quiet=True) != 0

    def _create_stack(self, project: SessionProject) -> None:
        words = ("stack", "select", "--create", "--stack", project.stack)
        if self._call(project, words, with_stack=False):
            raise PulumiError(f"`pulumi {' '.join(words)}` failed in {project.folder}")

    def _call(
        self, project: SessionProject, words: Sequence[str], *, quiet: bool = False, with_stack: bool = True
    ) -> int:
        stack = ("--stack", project.stack) if with_stack else ()
        command = ["pulumi", *words, *stack, "--cwd", str(project.folder), "--non-interactive"]
        quiet = quiet or self.quiet
        ran = subprocess.run(  # noqa: S603 (its words are ours, and names that were checked)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if quiet else sys.stderr,
            stderr=subprocess.STDOUT if quiet else None,
            text=True,
            check=False,
        )
        if ran.returncode and self.quiet:
            sys.stderr.write(ran.stdout)
        return ran.returncode
