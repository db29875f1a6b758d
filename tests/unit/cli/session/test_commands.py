"""Words of the command line: what is a command, what is a session's id, and what is a slip."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flink_session.cli.main import main
from flink_session.cli.session.prompt import Prompt, Word
from flink_session.client import UnreachableError


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["session", *words], env={"KUBECONFIG": "/no/such/kubeconfig"})


def test_help_helps_and_deploys_nothing() -> None:
    for words in (("-h",), ("--help",), ("demo", "-h"), ("-Dkubernetes.cluster-id=demo", "--help")):
        result = run(*words)
        assert result.exit_code == 0
        assert "session [OPTIONS] [CLUSTER_ID]" in result.stdout
        assert "threads" in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--aply"], "Did you mean --apply?"),
        (["-jm", "1600m"], "Write -Djobmanager.memory.process.size=1600m."),
        (["--kubernetes.cluster-id=a", "-Dx=y"], "written -Dkubernetes.cluster-id=VALUE."),
        (["-x"], "There are --apply, --attached"),
        (["a", "b"], "unexpected extra argument"),
        (["-n", "flink", "stop"], "`flink-session session stop` is a command, to be written first"),
        (["help"], "-h shows what there is"),
    ],
)
def test_a_slip_deploys_nothing_and_is_told_with_what_was_meant(words: list[str], said: str) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_without_a_cluster_it_is_said_so() -> None:
    for words in (["demo"], ["stop", "-S", "demo", "--yes"], ["ui", "-S", "demo"]):
        result = run(*words)
        assert (result.exit_code, result.stdout) == (6, "")
        assert result.stderr.startswith("error: no Kubernetes cluster to use: no kubeconfig at /no/such/kubeconfig")


def test_a_context_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "contexts: [{name: kind, context: {cluster: c, user: u}}, {name: prod, context: {cluster: c, user: u}}]\n"
        "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:9'}}]\nusers: [{name: u, user: {}}]\n"
    )
    result = CliRunner().invoke(main, ["session", "demo", "--context", "x"], env={"KUBECONFIG": str(kubeconfig)})
    assert result.exit_code == 6
    assert "has no context 'x'; it has kind, prod" in result.stderr


def prompt(*, done: list[str]) -> Prompt:
    def fail() -> str:
        raise UnreachableError("no way")

    def work() -> str:
        done.append("x")
        return "done"

    words = (
        Word("help", "show these commands"),
        Word("stop", "stop it", work, ends=True),
        Word("jobs", "list the jobs", fail),
        Word("quit", "leave", ends=True),
    )
    return Prompt(words)


def test_the_prompt_has_the_words_of_flinks_script() -> None:
    done: list[str] = []
    asked = prompt(done=done)
    assert asked.answer("  ") == ("", False)
    said, ends = asked.answer(" HELP ")
    assert said.splitlines()[:2] == ["Available commands:", "help - show these commands"]
    assert not ends
    assert asked.answer("nonsense") == (f"Unknown command 'nonsense'. {said}", False)
    assert asked.answer("jobs") == ("error: no way", False)
    assert asked.answer("quit") == ("", True)
    assert not done
    assert asked.answer("stop") == ("done", True)
    assert done == ["x"]


def test_the_prompt_completes() -> None:
    assert prompt(done=[]).completions("") == ["help", "stop", "jobs", "quit"]
    assert prompt(done=[]).completions("S") == ["stop"]
