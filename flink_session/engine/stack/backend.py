"""Pulumi's file backend: where a stack's checkpoint is, how it is replaced in one piece, and who may do so.

.pulumi/meta.yaml                                           version: 1
.pulumi/stacks/<project>/<stack>.json                       the checkpoint; .json.bak is the one before this run
.pulumi/locks/organization/<project>/<stack>/<uuid>.json    who is at work
"""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import BackendError, UnsupportedError

KNOWN_FEATURES = {"hooks", "refreshBeforeUpdate", "replaceWith", "taint"}
_LAYOUT_VERSION = "version: 1\n"


def backend_directory(url: str, base: Path) -> Path:
    """Give the folder that holds `.pulumi`.

    Args:
        url: `file://~`, `file:///absolute`, `file://./relative`.
        base: the folder that a relative path starts from.

    Raises:
        BackendError: the URL has another scheme.
    """
    if not url.startswith("file://"):
        raise BackendError(
            f"the backend URL {url!r} is not a file:// URL, the only kind the embedded engine has; "
            "use the `pulumi` CLI with this backend"
        )
    path = Path(url.removeprefix("file://") or "~").expanduser()
    return path if path.is_absolute() else base / path


@dataclass(slots=True)
class StackFile:
    """The checkpoint file of one stack."""

    root: Path
    project: str
    stack: str
    _backed_up: bool = field(default=False, init=False)

    @property
    def full_name(self) -> str:
        """The stack's name as the CLI writes it."""
        return f"organization/{self.project}/{self.stack}"

    @property
    def path(self) -> Path:
        """Where the checkpoint is, whether it exists or not."""
        return self.root / ".pulumi" / "stacks" / self.project / f"{self.stack}.json"

    def read(self) -> dict[str, Any] | None:
        """Read the `deployment` object; None if the stack does not exist, {} if nothing was ever deployed.

        Raises:
            BackendError: the file cannot be read or is not a checkpoint.
            UnsupportedError: it is of a version, or needs a feature, that only the CLI knows.
        """
        for suffix in (".gz", ".zst"):
            if (packed := self.path.with_name(self.path.name + suffix)).exists():
                raise UnsupportedError(f"the compressed checkpoint {packed}")
        try:
            document = json.loads(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise self.corrupt(str(error)) from error
        checkpoint = document.get("checkpoint") if isinstance(document, dict) else None
        latest = checkpoint.get("latest") if isinstance(checkpoint, dict) else ()
        if not isinstance(latest, dict | None):
            raise self.corrupt("it is JSON, but not a checkpoint")
        check_version(document, f"the checkpoint {self.path}")
        return latest or {}

    def corrupt(self, why: str) -> BackendError:
        """Give the error for a checkpoint that cannot be used."""
        backup = self.path.with_name(self.path.name + ".bak")
        return BackendError(
            f"the checkpoint {self.path} cannot be used: {why}\nNothing was changed. The state from before the last "
            f"run that changed something is {backup}; to go back to it, copy it over the checkpoint, then `refresh`"
        )

    def write(self, deployment: str, features: Iterable[str] = ()) -> None:
        """Replace the checkpoint by one with this `deployment` object, given as JSON text. Raises BackendError.

        One that has features is of version 4, which old CLIs refuse. The new file is complete on disk before it takes
        the old one's place; the old one stays as `.bak`.
        """
        head = "".join(f'"{key}":{json.dumps(value)},' for key, value in version_of(features).items())
        text = f'{{{head}"checkpoint":{{"stack":{json.dumps(self.full_name)},"latest":{deployment}}}}}\n'
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            meta = self.root / ".pulumi" / "meta.yaml"
            if not meta.exists():
                self._put(meta, _LAYOUT_VERSION)
            if not self._backed_up and self.path.exists():
                self._put(self.path.with_name(self.path.name + ".bak"), self.path.read_text(encoding="utf-8"))
            self._put(self.path, text)
        except OSError as error:
            raise BackendError(
                f"the checkpoint {self.path} cannot be written: {error}; the last one is unharmed"
            ) from error
        self._backed_up = True

    def remove(self) -> None:
        """Remove the checkpoint; it stays as `.bak`. Raises BackendError."""
        try:
            self.path.replace(self.path.with_name(self.path.name + ".bak"))
        except OSError as error:
            raise BackendError(f"the checkpoint {self.path} cannot be removed: {error}") from error

    def unlock(self) -> int:
        """Take away all locks, whoever holds them; gives how many there were."""
        locks = list(self._locks.glob("*.json"))
        for path in locks:
            path.unlink(missing_ok=True)
        return len(locks)

    def _put(self, path: Path, text: str) -> None:
        """Write a file in one piece. Raises OSError.

        What a killed process leaves of that is where neither the CLI nor we take it for a checkpoint or a lock.
        """
        write_atomically(path, text, (self.path.parent, f".{self.stack}.", ".new"))

    def _sweep(self) -> None:
        """Remove what killed processes left; to be done by who holds the lock."""
        for path in self.path.parent.glob(f".{self.stack}.????????.new"):
            path.unlink(missing_ok=True)

    @property
    def _locks(self) -> Path:
        return self.root / ".pulumi" / "locks" / "organization" / self.project / self.stack

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the stack's lock. Raises BackendError, naming the owner, if another process holds it.

        A lock that a process of this machine left behind when it died is taken away.
        """
        folder = self._locks
        mine = folder / f"{uuid.uuid4()}.json"
        owner = {
            "pid": os.getpid(),
            "username": _user(),
            "hostname": socket.gethostname(),
            "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }
        try:
            for needed in (folder, self.path.parent):
                needed.mkdir(parents=True, exist_ok=True)
            self._put(mine, json.dumps(owner))
        except OSError as error:
            raise BackendError(f"the stack cannot be locked in {folder}: {error}") from error
        try:
            others = [path for path in sorted(folder.glob("*.json")) if path != mine and not _remove_if_dead(path)]
            if others:
                raise BackendError("\n".join(_describe_lock(path, self.stack) for path in others))
            self._sweep()
            yield
        finally:
            # Where it cannot be removed, the next run sees that its owner is no more.
            with contextlib.suppress(OSError):
                mine.unlink()


def version_of(features: Iterable[str]) -> dict[str, Any]:
    """Give the members that say what a reader of a checkpoint has to know."""
    return {"version": 4, "features": sorted(features)} if features else {"version": 3}


def check_version(document: dict[str, Any], what: str) -> None:
    """Raise UnsupportedError for a checkpoint that takes more to read than is known here."""
    version, features = document.get("version"), document.get("features") or []
    if version not in (3, 4) or not KNOWN_FEATURES.issuperset(features):
        raise UnsupportedError(f"{what}, of version {version} with the features {', '.join(features) or 'none'},")


def write_atomically(path: Path, text: str, scratch: tuple[Path, str, str] | None = None) -> None:
    """Write a file so that a reader, even after a loss of power, sees all of the old or the new.

    Args:
        path: the file.
        text: its new content.
        scratch: folder, prefix and suffix of the file that is written first, if not a hidden one beside it.

    Raises:
        OSError: it cannot be written; it is as it was.
    """
    folder, prefix, suffix = scratch or (path.parent, f".{path.name}.", "")
    descriptor, temporary = tempfile.mkstemp(suffix, prefix, folder)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if os.name == "posix":
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


def _remove_if_dead(path: Path) -> bool:
    """Remove a lock whose owner was a process of this machine that is no more."""
    try:
        owner = json.loads(path.read_text())
        if owner["hostname"] != socket.gethostname() or owner["pid"] == os.getpid():
            return False
        os.kill(owner["pid"], 0)
    except ProcessLookupError:
        path.unlink(missing_ok=True)
        return True
    except FileNotFoundError:
        return True
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return False


def _describe_lock(path: Path, stack: str) -> str:
    try:
        owner = json.loads(path.read_text())
        who = f"{owner['username']}@{owner['hostname']} (pid {owner['pid']}) since {owner['timestamp']}"
    except (OSError, ValueError, KeyError, TypeError):
        who = "an unknown owner"
    return (
        f"the stack {stack!r} is locked by {who}; wait for it to finish, or, if it is dead, "
        f"run `flink-session cancel`, or delete {path}"
    )
