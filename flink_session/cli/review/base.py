"""A revision of the project in a work tree of its own, for as long as it is looked at."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flink_session.engine.stack.project import find_project
from flink_session.errors import UserError

_GIT = 60
"""Seconds that git may take."""


@contextlib.contextmanager
def work_tree(cwd: Path, revision: str) -> Iterator[Path]:
    """Give the folder that is the project's in a revision.

    What the project's virtual environment is, it is there as well: a revision has none of its own.

    Raises:
        UserError: this is no git repository, there is no such revision, or the project is not in it.
    """
    project = find_project(cwd)
    top = Path(_git(project.root, "rev-parse", "--show-toplevel"))
    commit = _git(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", what=revision)
    with tempfile.TemporaryDirectory(prefix="flink-session-review-") as folder:
        tree = Path(folder) / "base"
        _git(top, "worktree", "add", "--detach", "--quiet", str(tree), commit)
        try:
            root = tree / project.root.resolve().relative_to(top.resolve())
            if not (root / "Pulumi.yaml").is_file():
                raise UserError(
                    f"{revision} has no Pulumi.yaml at {root.relative_to(tree)}: there is nothing to compare with"
                )
            environment = project.virtualenv
            if environment is not None and environment.is_dir() and environment.is_relative_to(project.root):
                link = root / environment.relative_to(project.root)
                if not link.exists():
                    link.parent.mkdir(parents=True, exist_ok=True)
                    link.symlink_to(environment.resolve(), target_is_directory=True)
            yield root
        finally:
            _git(top, "worktree", "remove", "--force", str(tree))


def _git(folder: Path, *words: str, what: str = "") -> str:
    try:
        ran = subprocess.run(  # noqa: S603 (no shell, and a revision cannot be taken for an option)
            ["git", "-C", str(folder), *words],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=_GIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(f"--base needs git: {error}") from error
    if ran.returncode:
        said = ran.stderr.strip() or "there is no such revision"
        raise UserError(f"--base {what}: {said}" if what else f"git {words[0]}: {said}")
    return ran.stdout.strip()
