"""Pulumi.yaml and the stack's configuration: the program gets what the CLI would give it."""

from pathlib import Path

import pytest

from flink_session.engine.errors import EngineError, ProjectError, UnsupportedError
from flink_session.engine.stack.project import StackFileReader, check_stack_name, find_project
from tests.support.engine.replay import CRYPTER


def write(folder: Path, project: str, config: str = "") -> StackFileReader:
    (folder / "Pulumi.yaml").write_text(project)
    (folder / "stacks").mkdir(exist_ok=True)
    (folder / "stacks" / "Pulumi.dev.yaml").write_text(config)
    return StackFileReader(find_project(folder), "dev")


PROJECT = "name: p\nruntime: python\nstackConfigDir: stacks\n"


def test_the_project_is_found_upward(tmp_path: Path) -> None:
    write(
        tmp_path,
        "name: p\nruntime: {name: python, options: {virtualenv: venv}}\nmain: src\nbackend: {url: 'file://x'}\n",
    )
    (tmp_path / "a" / "b").mkdir(parents=True)
    project = find_project(tmp_path / "a" / "b")
    assert (project.root, project.main, project.virtualenv) == (tmp_path, tmp_path / "src", tmp_path / "venv")
    assert project.backend_url == "file://x"


@pytest.mark.parametrize(
    ("text", "named"),
    [("runtime: python", "name:"), ("name: p", "runtime:"), ("name: [", "YAML"), ("- a", "mapping")],
)
def test_a_wrong_project_is_an_error_that_names_the_key(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(ProjectError, match=named):
        find_project(tmp_path)


def test_another_runtime_is_the_clis(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: nodejs\n")
    with pytest.raises(UnsupportedError, match="nodejs"):
        find_project(tmp_path)


def test_scalars_are_passed_as_written_and_objects_as_json(tmp_path: Path) -> None:
    config = "config:\n  a: 1.0\n  b: yes\n  c: 0x10\n  p:d: {y: 1, x: [true, 'é']}\n  kubernetes:namespace: n\n"
    values = write(tmp_path, PROJECT, config).config(CRYPTER.decrypt).values
    assert values == {
        "p:a": "1.0",
        "p:b": "yes",
        "p:c": "0x10",
        "p:d": '{"x":[true,"é"],"y":1}',
        "kubernetes:namespace": "n",
    }


def test_secure_values_are_decrypted_and_marked(tmp_path: Path) -> None:
    secret = CRYPTER.encrypt("007")
    config = f"config:\n  a:\n    secure: {secret}\n  b:\n    inner:\n      secure: {secret}\n  c: plain\n"
    read = write(tmp_path, PROJECT, config).config(CRYPTER.decrypt)
    assert read.values == {"p:a": "007", "p:b": '{"inner":"007"}', "p:c": "plain"}
    assert read.secret_keys == {"p:a", "p:b"}


def test_the_projects_defaults_are_under_the_stacks_values(tmp_path: Path) -> None:
    project = (
        PROJECT
        + "config:\n  a: {type: integer, default: 1}\n  b: {type: boolean, default: true}\n  aws:region: {value: x}\n"
    )
    values = write(tmp_path, project, "config:\n  a: 2\n").config(CRYPTER.decrypt).values
    assert values == {"p:a": "2", "p:b": "true", "aws:region": "x"}


def test_the_salt_is_added_and_nothing_else_touched(tmp_path: Path) -> None:
    text = "# mine\nconfig:\n  a: 1 # keep"
    write(tmp_path, PROJECT, text).save_encryption_salt("v1:x")
    path = tmp_path / "stacks" / "Pulumi.dev.yaml"
    assert path.read_text() == text + "\nencryptionsalt: v1:x\n"
    assert StackFileReader(find_project(tmp_path), "dev").encryption_salt == "v1:x"


def test_another_secrets_provider_is_the_clis(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="awskms"):
        write(tmp_path, PROJECT, "secretsprovider: awskms://x\n")


@pytest.mark.parametrize("name", ["", "a b", "../x", "a/b/", "organization/other/dev"])
def test_a_stack_name_has_letters_digits_and_little_else(name: str) -> None:
    with pytest.raises(EngineError, match="--stack"):
        check_stack_name(name, "p")
    assert check_stack_name("organization/p/dev", "p") == "dev"


def test_mappings_are_merged_as_the_cli_does(tmp_path: Path) -> None:
    config = "defaults: &d {a: 1.0, b: x}\nconfig:\n  <<: *d\n  b: 2.0\n  c: {<<: *d, y: 1}\n"
    values = write(tmp_path, PROJECT, config).config(CRYPTER.decrypt).values
    assert values == {"p:a": "1.0", "p:b": "2.0", "p:c": '{"a":1.0,"b":"x","y":1}'}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config:\n  a: &x [*x]\n", "it holds itself, by an alias"),
        ("config: &x\n  a: {b: *x}\n", "it holds itself, by an alias"),
        ("a: &a [x, x]\n" + "b: &b [*a, *a]\n" + "".join(f"c{i}: *b\n" for i in range(60)), "more than 50 aliases"),
        ("config:\n  a: 1\n  b: 2\n  a: 3\n", "key config.a comes twice, first in line 2"),
        ("config: " + "{a: " * 150 + "1" + "}" * 150, "nested more than 100 deep"),
    ],
)
def test_a_dangerous_file_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ProjectError, match=said):
        write(tmp_path, PROJECT, text)
