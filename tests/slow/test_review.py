"""`flink-session review` on a project: of the engine's own preview, of its digest, of states and of revisions."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click.testing
import pytest
import yaml

from flink_session.cli.main import main
from flink_session.review.model import Impact, Review
from flink_session.review.reviewing import review
from flink_session.review.sources.digest import read_digest
from tests.support.engine.fake_api import FakeApi
from tests.support.review.corpus import CASES, HA, PLAIN, Case
from tests.support.review.previews import digest

pytestmark = pytest.mark.slow

PROGRAM = """
import json, pulumi
from flink_session import FlinkSessionCluster
args = json.loads(pulumi.Config("flink").require("args"))
token = pulumi.Config("flink").get_secret("token")
if args:
    FlinkSessionCluster("session", args)
pulumi.export("token", token)
"""


class Project:
    """A project whose session is what its configuration says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "Pulumi.yaml").write_text("name: reviewed\nruntime: python\n")
        (folder / "__main__.py").write_text(PROGRAM)

    def configure(self, args: Mapping[str, Any] | None) -> None:
        document = {"config": {"flink:args": json.dumps(args)}}
        (self.folder / "Pulumi.dev.yaml").write_text(yaml.safe_dump(document))

    def run(self, command: str, *words: str, text: str | None = None) -> click.testing.Result:
        arguments = [command, "--stack", "dev", "--cwd", str(self.folder), *words]
        return click.testing.CliRunner().invoke(main, arguments, input=text, catch_exceptions=False)

    def up(self, args: Mapping[str, Any] | None) -> None:
        self.configure(args)
        ran = self.run("up", "--yes", "--skip-preview")
        assert ran.exit_code == 0, ran.output

    def review(self, *words: str) -> Review:
        ran = self.run("review", "--format", "json", *words)
        assert ran.exit_code == 0, ran.output
        return Review.model_validate_json(ran.stdout)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: FakeApi) -> Project:
    del api
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "pass")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder)


CHOSEN = ("created", "deleted", "slots", "TaskManagers' memory with HA", "log level", "renamed", "own account")


@pytest.mark.parametrize("case", [case for case in CASES if case.name in CHOSEN], ids=lambda case: case.name)
def test_the_engine_and_its_digest_agree_with_the_corpus(case: Case, project: Project, tmp_path: Path) -> None:
    if case.before:
        project.up(case.before)
    project.configure(case.after)
    found = project.review()
    assert found.verdict.impact is case.impact
    ran = project.run("preview", "--json")
    (tmp_path / "digest.json").write_text(ran.stdout)
    of_digest = project.review("--from", str(tmp_path / "digest.json"))
    made_up = review(read_digest(digest(case.before, case.after), ""))
    for other in (of_digest, made_up):
        assert other.verdict == found.verdict
        for one, another in zip(other.sessions, found.sessions, strict=True):
            assert (one.options, one.after) == (another.options, another.after)
            assert [file.lines for file in one.files] == [file.lines for file in another.files]
    assert [item.causes for item in of_digest.sessions] == [item.causes for item in found.sessions]


def test_an_impact_may_fail(project: Project) -> None:
    project.up(PLAIN)
    project.configure({**PLAIN, "task_manager": {"slots": 2}})
    assert project.run("review", "--fail-on", "session-replaced").exit_code == 0
    ran = project.run("review", "--fail-on", "jobs-lost")
    assert ran.exit_code == 20 + Impact.JOBS_LOST.rank
    assert ran.stdout.startswith(Impact.JOBS_LOST.words)


@pytest.mark.parametrize(("name", "begin"), [("r.html", "<!doctype html>"), ("r.json", "{"), ("r.md", "## ")])
def test_a_file_has_the_form_of_its_ending(name: str, begin: str, project: Project, tmp_path: Path) -> None:
    project.configure(PLAIN)
    ran = project.run("review", "--output", str(tmp_path / name))
    assert (ran.exit_code, ran.stdout) == (0, "")
    assert (tmp_path / name).read_text().startswith(begin)


def test_a_faulty_change_fails_with_its_findings(project: Project) -> None:
    project.up(PLAIN)
    project.configure({**PLAIN, "task_manager": {"slots": -1}})
    ran = project.run("review")
    assert ran.exit_code == 1
    assert "task_manager.slots" in ran.output


def test_two_states(project: Project, tmp_path: Path) -> None:
    for name, args in (("before", HA), ("after", {**HA, "task_manager": {"slots": 2}})):
        project.up(args)
        (tmp_path / name).write_text(_export(project))
    found = project.review("--states", str(tmp_path / "before"), str(tmp_path / "after"))
    assert found.verdict.impact is Impact.JOBS_RECOVER
    assert found.sessions[0].causes[0].chain[0] == "task_manager.slots not set → 2"


def _export(project: Project) -> str:
    words = ["stack", "export", "--stack", "dev", "--cwd", str(project.folder)]
    return click.testing.CliRunner().invoke(main, words, catch_exceptions=False).stdout


def test_what_a_revision_adds(project: Project) -> None:
    """What is not deployed yet, and is in both revisions, is nobody's news."""
    git(project.folder, "init", "-q")
    project.up(PLAIN)
    project.configure({**PLAIN, "task_manager": {"memory": "2Gi"}})
    git(project.folder, "add", "-A")
    git(project.folder, "commit", "-qm", "one")
    assert project.review("--base", "HEAD").verdict.impact is Impact.NO_EFFECT
    project.configure({**PLAIN, "task_manager": {"memory": "2Gi", "slots": 2}})
    (cause,) = project.review("--base", "HEAD").sessions[0].causes
    assert cause.chain[0] == "task_manager.slots not set → 2"
    assert "worktree" not in git(project.folder, "worktree", "list").replace(str(project.folder), "")
    assert len(git(project.folder, "worktree", "list").splitlines()) == 1
    ran = project.run("review", "--base", "no-such")
    assert ran.exit_code == 1
    assert "--base no-such" in ran.output


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=me", "-c", "user.email=me@localhost"]
    ran = subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True)
    return ran.stdout


def test_a_secret_is_told_by_its_digest(project: Project) -> None:
    (project.folder / "__main__.py").write_text(
        PROGRAM
        + "import pulumi_kubernetes as k\n"
        + 'k.core.v1.Secret("s", metadata={"name": "s"}, string_data={"password": token, "user": "me"})\n'
    )
    project.configure(PLAIN)
    words = ["config", "set", "--stack", "dev", "--cwd", str(project.folder), "--secret", "flink:token"]
    for value in ("hunter1", "hunter2"):
        before = (project.folder / "Pulumi.dev.yaml").read_text()
        click.testing.CliRunner().invoke(main, [*words, value], catch_exceptions=False)
        assert (project.folder / "Pulumi.dev.yaml").read_text() != before
        if value == "hunter1":
            assert project.run("up", "--yes", "--skip-preview").exit_code == 0
    first, second = (project.run("review", "--format", "json").stdout for _ in range(2))
    assert first == second
    assert "hunter" not in first
    changes = {item.path: item for item in Review.model_validate_json(first).secrets}
    secret = changes["data.password"]
    assert (secret.change, secret.object, changes["data.user"].change) == ("changed", "s", "same")
    assert secret.before != secret.after
    for form in ("terminal", "markdown", "html"):
        shown = project.run("review", "--format", form).stdout
        assert "hunter" not in shown
        assert str(secret.after) in shown


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "{}", '{"resources": 1}', "[" * 100_000])
def test_what_is_no_preview_is_refused(text: str, project: Project, tmp_path: Path) -> None:
    (tmp_path / "it").write_text(text)
    ran = project.run("review", "--from", str(tmp_path / "it"))
    assert ran.exit_code == 1
    assert "is no preview" in ran.output or "nested too deeply" in ran.output
