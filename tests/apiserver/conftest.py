"""Whole commands of the engine at the API server, in the tests' own process."""

from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

from flink_session.cli.main import main

Run = Callable[..., click.testing.Result]


@pytest.fixture
def run(tmp_path: Path, kubeconfig: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a project of its own."""
    (tmp_path / "Pulumi.yaml").write_text("name: kinds\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").touch()
    monkeypatch.setenv("KUBECONFIG", kubeconfig)
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "pass")

    def run(command: str, *words: str) -> click.testing.Result:
        arguments = [command, "--stack", "dev", "--cwd", str(tmp_path), *words]
        return click.testing.CliRunner().invoke(main, arguments, catch_exceptions=False)

    return run
