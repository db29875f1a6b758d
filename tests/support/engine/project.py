"""A project of its own for each test, commands run on it, and an API server in memory."""

import shutil
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest
import yaml

from flink_session.api_server import kubeconfig
from flink_session.cli.main import main
from tests.support.engine.fake_api import FakeApi
from tests.support.engine.replay import CRYPTER, RECORDINGS, SALT

Run = Callable[..., click.testing.Result]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> FakeApi:
    """The cluster that the engine connects to."""
    api = FakeApi()
    connection = lambda _: kubeconfig.Connection(api.client(), "http://fake", "the fake", "default")  # noqa: E731
    monkeypatch.setattr(kubeconfig, "open_connection", connection)
    return api


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recorded project, with a backend of its own."""
    folder = tmp_path / "project"
    shutil.copytree(RECORDINGS / "program", folder)
    configure(folder)
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "pass")
    monkeypatch.delenv("PULUMI_STACK", raising=False)
    return folder


def configure(folder: Path, **config: str) -> None:
    (folder / "stacks").mkdir(exist_ok=True)
    secure = {"recording:token": {"secure": CRYPTER.encrypt("s3cret")}}
    document = {"config": {**secure, **config}, "encryptionsalt": SALT}
    (folder / "stacks" / "Pulumi.dev.yaml").write_text(yaml.safe_dump(document))


@pytest.fixture
def run(folder: Path) -> Run:
    """Run a command of `flink-session` on the project's stack."""

    def run(command: str, *words: str) -> click.testing.Result:
        arguments = [command, "--stack", "dev", "--cwd", str(folder), *words]
        return click.testing.CliRunner().invoke(main, arguments, catch_exceptions=False)

    return run


def program(folder: Path, text: str) -> None:
    """Write another program."""
    (folder / "__main__.py").write_text(text)
