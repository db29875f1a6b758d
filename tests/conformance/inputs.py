"""A case's files on disk, for a Flink that reads them there, and their names as the case has them."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.conformance.cases import INPUTS, Case


class Inputs:
    """A folder that stands for ``/inputs`` and for the configuration folder of one case at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.conf_dir = folder / "conf"

    def write(self, case: Case) -> Path:
        """Put the case's files where Flink finds them; return the configuration folder."""
        for folder in (self.conf_dir, self.folder / "inputs"):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        for name, text in case.conf_dir.items():
            (self.conf_dir / name).write_text(self.local(text), encoding="utf-8", newline="")
        for path, text in case.files.items():
            file = Path(self.local(path))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
        return self.conf_dir

    def local(self, text: str) -> str:
        """Return a text of the case with the paths where its files lie."""
        return text.replace(INPUTS + "/", f"{self.folder}{INPUTS}/")

    def public(self, text: str) -> str:
        """Return an answer's text with the paths that the case has."""
        return text.replace(f"{self.folder}{INPUTS}/", INPUTS + "/")
