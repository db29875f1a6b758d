"""Commands on a session in memory."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from flink_session.cli.main import main
from flink_session.cli.target import Target
from flink_session.client import ClusterClient
from tests.support.fake_flink import FakeFlink

Run = Callable[..., click.testing.Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `flink-session` on a session."""

    def run(flink: FakeFlink, *words: str) -> click.testing.Result:
        monkeypatch.setattr(Target, "connect", lambda target: ClusterClient(flink, timeout=target.timeout))
        return click.testing.CliRunner().invoke(main, words, catch_exceptions=False)

    return run


@pytest.fixture
def jar(tmp_path: Path) -> Path:
    """A jar with one class."""
    path = tmp_path / "job.jar"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("dev/Count.class", "")
    return path
