"""What a page of the docs tells its readers to type, and to write: its blocks, and what runs them.

In a block of `console`, a line that begins with `$ ` is a command; it goes on where a line ends with a backslash. What
follows is what it prints; `...` stands for anything. A block of `yaml` or `python` that opens with `# FILE` is that
file. `<!-- not run: why -->` before a block says that the test cannot run it.
"""

from __future__ import annotations

import doctest
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"(?:<!-- not run: (?P<why>[^>]*?) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A block of a page; `why` says why it is not run, `line` where it begins."""

    kind: str
    text: str
    line: int
    why: str

    @property
    def file(self) -> str | None:
        """The file that the block is, if its first line says so."""
        match = re.match(r"# ([\w./-]+\.(?:ya?ml|py|properties))\n", self.text)
        return match[1] if match else None

    def commands(self) -> Iterator[tuple[str, str]]:
        """Give each command with what it prints."""
        command, printed = "", list[str]()
        going_on = False
        for line in self.text.splitlines():
            if line.startswith("$ ") or going_on:
                if not going_on and command:
                    yield command, "\n".join(printed)
                    command, printed = "", []
                command += line.removeprefix("$ ") + "\n"
                going_on = line.endswith("\\")
            else:
                printed.append(line)
        if command:
            yield command, "\n".join(printed)


def blocks(page: Path) -> list[Block]:
    """Give the blocks of a page."""
    text = page.read_text()
    return [
        Block(match["kind"], match["text"], text.count("\n", 0, match.start("kind")) + 1, match["why"] or "")
        for match in _BLOCK.finditer(text)
    ]


def run(command: str, folder: Path, env: dict[str, str], *, seconds: float = 300) -> str:
    """Run a command as its reader would; gives what it prints, and its exit status where that is not 0."""
    ran = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    return ran.stdout + (f"(exit status {ran.returncode})\n" if ran.returncode else "")


def is_as_shown(shown: str, printed: str) -> bool:
    """Compare what a page shows with what was printed."""
    return doctest.OutputChecker().check_output(f"{shown.strip()}\n", f"{printed.strip()}\n", _FLAGS)
