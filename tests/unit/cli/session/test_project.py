"""The project of a session that was deployed without one."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
import yaml

from flink_session.cli.session.project import PROJECT, Place, SessionProject, kept_passphrase
from flink_session.cli.session.running import Engine, PulumiError
from flink_session.engine.stack.project import check_stack_name, find_project

KIND = Place("demo", "default", "kind-kind", "https://127.0.0.1:6443")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SessionProject:
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    return SessionProject(KIND.folder(tmp_path), KIND.stack)


@pytest.mark.parametrize(
    "other",
    [
        Place("demo2", "default", "kind-kind", KIND.server),
        Place("demo", "other", "kind-kind", KIND.server),
        Place("demo", "default", "kind-kind2", KIND.server),
        Place("demo", "default", "kind-kind", "https://127.0.0.1:7443"),
        Place("demo", "default", "", KIND.server),
    ],
)
def test_no_two_sessions_share_a_stack_or_a_folder(other: Place) -> None:
    assert other.stack != KIND.stack
    assert other.folder(Path("/h")) != KIND.folder(Path("/h"))


@pytest.mark.parametrize("context", ["arn:aws:eks:eu:123:cluster/" + "x" * 200, "Ü", "..", "", "a/b"])
def test_any_context_makes_a_name_that_pulumi_takes(context: str) -> None:
    place = Place("c" * 45, "n" * 63, context, "https://h")
    assert check_stack_name(place.stack, PROJECT) == place.stack
    assert place.stack.startswith("c" * 45 + ".")
    folder = place.folder(Path("/home/me")).relative_to("/home/me/.flink-session/sessions")
    assert all(re.fullmatch(r"[\w-]+", part) for part in folder.parts)
    assert len(folder.parts) == 3


def test_it_is_a_project_like_any_other(project: SessionProject) -> None:
    project.write({"cluster_id": "demo", "configuration": {"a": "1"}}, context="kind-kind", kubeconfig="/k")
    assert find_project(project.folder).name == PROJECT
    config = project.target.reader.config(str).values
    assert config == {
        "kubernetes:kubeconfig": "/k",
        "kubernetes:context": "kind-kind",
        f"{PROJECT}:cluster_id": "demo",
        f"{PROJECT}:configuration": '{"a":"1"}',
    }
    assert project.folder.stat().st_mode & 0o077 == 0
    assert not project.has_resources()


def test_what_an_engine_keeps_in_the_stacks_file_stays(project: SessionProject) -> None:
    project.write({"cluster_id": "demo"}, context="", kubeconfig="")
    file = project.folder / f"Pulumi.{project.stack}.yaml"
    file.write_text(file.read_text() + "encryptionsalt: v1:x\n")
    project.write({"cluster_id": "demo", "namespace": "flink"}, context="", kubeconfig="")
    document = yaml.safe_load(file.read_text())
    assert document["encryptionsalt"] == "v1:x"
    assert document["config"][f"{PROJECT}:namespace"] == "flink"


def test_nothing_of_it_is_left_when_it_goes(project: SessionProject, tmp_path: Path) -> None:
    assert not project.has_resources()
    project.write({"cluster_id": "demo"}, context="", kubeconfig="")
    project.remove()
    assert list((tmp_path / ".flink-session" / "sessions").iterdir()) == []


def test_a_passphrase_is_made_up_once_where_one_is_needed_and_none_is_set(
    project: SessionProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "mine")
    Engine().prepare(project, has_secrets=True)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", "")
    Engine().prepare(project)
    file = tmp_path / ".flink-session" / "passphrase"
    assert not file.exists()
    Engine().prepare(project, has_secrets=True)
    assert os.environ["PULUMI_CONFIG_PASSPHRASE_FILE"] == str(file)
    said = capsys.readouterr().err
    kept = file.read_text().strip()
    assert str(file) in said
    assert kept not in said
    assert len(kept) >= 43
    assert file.stat().st_mode & 0o077 == 0
    assert kept_passphrase(tmp_path) == (file, False)
    assert file.read_text().strip() == kept


def test_the_pulumi_cli_has_to_be_there_if_it_is_asked_for(
    project: SessionProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PulumiError, match="leave --pulumi out"):
        Engine(pulumi=True).prepare(project)
