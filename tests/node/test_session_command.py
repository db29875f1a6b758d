"""`flink-session session` on a real node: the newcomer's path as it is written, and sessions of somebody else."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from flink_session.configuration import DEFAULT_LOG4J_CONSOLE_PROPERTIES
from tests.node.test_permissions import RBAC, bind, kubeconfig_of
from tests.support import pages
from tests.support.kube import Kube, eventually, session_jar
from tests.support.project import ROOT
from tests.support.session_objects import COMMAND, SessionCommand

pytestmark = pytest.mark.node

SMALL = {
    "kubernetes.jobmanager.cpu.amount": 0.3,
    "kubernetes.jobmanager.cpu.limit-factor": 5,
    "kubernetes.taskmanager.cpu.amount": 0.1,
    "kubernetes.taskmanager.cpu.limit-factor": 15,
    "jobmanager.memory.process.size": "1g",
    "taskmanager.memory.process.size": "1g",
}
"""For the node of the tests, which has two processors for everything."""


@pytest.fixture(scope="module")
def mine(kubeconfig: str, namespace: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A kubeconfig whose context is in the namespace of this module."""
    document = yaml.safe_load(Path(kubeconfig).read_text())
    for context in document["contexts"]:
        context["context"]["namespace"] = namespace
    file = tmp_path_factory.mktemp("kube") / "config"
    file.write_text(yaml.safe_dump(document))
    return str(file)


@pytest.fixture(scope="module")
def newcomer(mine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SessionCommand]:
    """Somebody with a kubeconfig, a jar and this checkout, on a machine whose sessions are small."""
    folder = tmp_path_factory.mktemp("newcomer")
    conf = folder / "conf"
    conf.mkdir()
    (conf / "config.yaml").write_text(yaml.safe_dump(SMALL))
    (conf / "log4j-console.properties").write_text(DEFAULT_LOG4J_CONSOLE_PROPERTIES)
    command = SessionCommand(folder / "home", mine, FLINK_CONF_DIR=str(conf))
    shutil.copy(session_jar(), command.home / "my-job.jar")
    yield command
    for project in command.projects():
        command.run("stop", "--yes", "-S", project.name)


def fresh_environment(folder: Path) -> Path:
    """A virtual environment that has what this package depends on, and not the package."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    (packages,) = folder.glob("lib/python*/site-packages")
    mine = Path(sys.prefix, "lib", packages.parent.name, "site-packages")
    (packages / "what-it-depends-on.pth").write_text(f"{mine}\n")
    return folder


@pytest.fixture(scope="module")
def session(newcomer: SessionCommand, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The session of the newcomer, who types what the page says and nothing else; gives its id."""
    block = next(iter(pages.blocks(ROOT / "docs" / "working-with-a-session.md")))
    commands = [command.strip() for command, _ in block.commands()]
    assert len(commands) == 3
    venv = fresh_environment(tmp_path_factory.mktemp("python") / "venv")
    env = {**newcomer.env, "PATH": f"{venv / 'bin'}{os.pathsep}{newcomer.env['PATH']}"}
    folders = (ROOT, newcomer.home, newcomer.home)
    printed = [pages.run(command, folder, env, seconds=640) for command, folder in zip(commands, folders, strict=True)]
    assert (venv / "bin" / "flink-session").is_file(), printed[0]
    assert "(exit status" not in "".join(printed[1:]), "".join(printed[1:])
    (project,) = newcomer.projects()
    assert re.fullmatch(r"flink-cluster-[0-9a-f]{31}", project.name)
    assert "  flink-session job submit JOB.jar\n  flink-session session ui\n" in printed[1]
    return project.name


def test_the_newcomers_job_runs(session: str, kube: Kube, namespace: str) -> None:
    jobs = kube.rest(namespace, session, "/jobs/overview")["jobs"]
    assert [job["state"] for job in jobs] in (["RUNNING"], ["FINISHED"])


def test_run_again_it_finds_the_session_and_shows_what_other_options_would_change(
    session: str, newcomer: SessionCommand, kube: Kube, namespace: str
) -> None:
    before = kube.get(namespace, "deployments", session)
    again = newcomer.run(session, "--json")
    assert again.returncode == 0, again.stderr
    found = json.loads(again.stdout)
    assert found["cluster_id"] == session
    assert (found["action"], found["differs_from_options"]) == ("compared", False)
    other = newcomer.run(session, "-Dtaskmanager.numberOfTaskSlots=2", "--json")
    assert other.returncode == 0, other.stderr
    assert json.loads(other.stdout)["differs_from_options"] is True
    assert "session-config replace" in other.stderr
    assert "the same command with --apply does it" in other.stderr
    after = kube.get(namespace, "deployments", session)
    assert before
    assert after
    assert before["metadata"]["generation"] == after["metadata"]["generation"]


def test_what_is_asked_of_a_session_is_answered(session: str, newcomer: SessionCommand) -> None:
    logs = newcomer.run("logs")
    assert "Rest endpoint listening" in logs.stdout
    assert newcomer.run("config", "taskmanager.memory.process.size").stdout == "1g\n"
    threads = json.loads(newcomer.run("threads", "--json").stdout)
    assert any("flink" in item["name"].lower() for item in threads)
    attached = subprocess.run(
        [COMMAND, "session", session, "-a", "-q"],
        env=newcomer.env,
        input="help\njobs\nnonsense\nquit\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert attached.returncode == 0, attached.stderr
    assert attached.stdout.startswith(f"{session}\t")
    for said in ("stop - stop the kubernetes cluster", "Unknown command 'nonsense'"):
        assert said in attached.stderr


def test_the_web_ui_is_served_until_ctrl_c(session: str, newcomer: SessionCommand) -> None:
    process = subprocess.Popen(
        [COMMAND, "session", "ui"], env=newcomer.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:"), process.stderr.read() if process.stderr else ""
        page = urllib.request.urlopen(url, timeout=20).read().decode()
        (script,) = re.findall(r'src="(main\.[^"]+\.js)"', page)
        assert len(urllib.request.urlopen(url + script, timeout=20).read()) > 100_000
        assert "flink-version" in json.load(urllib.request.urlopen(f"{url}config", timeout=20))
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    finally:
        process.kill()


def test_what_goes_wrong_is_one_sentence_and_a_status(
    session: str, newcomer: SessionCommand, kube: Kube, kubeconfig: str, namespace: str, tmp_path: Path
) -> None:
    def refuse(status: int, *words: str, said: str, env: dict[str, str] | None = None) -> None:
        command = copy.copy(newcomer)
        command.env = {**newcomer.env, **(env or {})}
        ran = command.run(*words)
        assert ran.returncode == status, ran.stderr
        assert said in ran.stderr, ran.stderr
        assert "Traceback" not in ran.stderr
        assert ran.stderr.count("error: ") == 1, ran.stderr

    slip = session[:-1]
    for words in (["stop", "--yes"], ["logs"], ["ui", "--no-open"]):
        refuse(3, *words, "-S", slip, said=f"no session cluster '{slip}' in namespace '{namespace}'")
        refuse(3, *words, "-S", slip, said=f"there is '{session}'")
    refuse(3, "other", "-n", f"{namespace}x", said=f"there is no namespace '{namespace}x': there is '{namespace}'")
    refuse(2, "stop", said="--yes is needed where there is no terminal to ask on")
    nobody = kubeconfig_of(kube, kubeconfig, namespace, "nobody", tmp_path)
    refuse(5, "other", said="the API server does not let you get services: ", env={"KUBECONFIG": nobody})
    kube.post(
        f"{RBAC}/{namespace}/roles",
        {
            "metadata": {"name": "looker"},
            "rules": [{"apiGroups": ["", "apps"], "resources": ["services", "deployments"], "verbs": ["get"]}],
        },
    )
    looker = kubeconfig_of(kube, kubeconfig, namespace, "looker", tmp_path)
    bind(kube, namespace, "looker", "Role", "looker")
    before = kube.names(namespace)
    ran = SessionCommand(tmp_path / "looker", looker).run("other")
    assert ran.returncode == 1
    assert "is forbidden: User" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "flink-session session stop -S other" in ran.stderr
    assert kube.names(namespace) == before


def test_a_session_of_somebody_else_is_found_and_not_changed(
    session: str, newcomer: SessionCommand, mine: str, kube: Kube, namespace: str, tmp_path: Path
) -> None:
    somebody = SessionCommand(tmp_path / "somebody", mine)
    before = kube.get(namespace, "deployments", session)
    found = somebody.run(session, "-Dtaskmanager.numberOfTaskSlots=3", "--json")
    assert found.returncode == 0, found.stderr
    document = json.loads(found.stdout)
    assert (document["action"], document["owner"]) == ("retrieved", "a Pulumi stack elsewhere")
    assert "your options are not applied" in found.stderr
    assert kube.get(namespace, "deployments", session) == before
    assert not somebody.projects()
    stopped = somebody.run("stop", "--yes")
    assert stopped.returncode == 0, stopped.stderr
    assert "what else its stack has made stays" in stopped.stderr
    eventually(lambda: kube.get(namespace, "deployments", session) is None, what="the Deployment is gone")
    left = somebody.run(session)
    assert left.returncode == 5
    assert f"kubectl delete service {session}-rest" in left.stderr
    assert newcomer.run("stop", "--yes", "-S", session).returncode == 0
    assert not newcomer.projects()
    eventually(lambda: not {name for name in kube.names(namespace) if session in name}, what="all of it is gone")


@pytest.fixture(scope="module")
def flink_home() -> str:
    home = os.environ.get("FLINK_SESSION_TEST_FLINK_HOME")
    if not home:
        pytest.skip("FLINK_SESSION_TEST_FLINK_HOME names no distribution of Flink")
    return home


def test_a_session_of_flinks_script_is_found_and_stopped(
    flink_home: str, mine: str, kube: Kube, namespace: str, tmp_path: Path
) -> None:
    bind(kube, namespace, "default", "ClusterRole", "edit")
    somebody = SessionCommand(tmp_path / "somebody", mine)
    options = [f"-D{key}={value}" for key, value in SMALL.items()]
    script = [f"{flink_home}/bin/kubernetes-session.sh", "-Dkubernetes.cluster-id=scripted", *options]
    subprocess.run(
        [*script, f"-Dkubernetes.namespace={namespace}"],
        env={**somebody.env, "FLINK_LOG_DIR": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        check=True,
        timeout=120,
    )
    tried: list[subprocess.CompletedProcess[str]] = []

    def found() -> bool:
        tried.append(somebody.run("scripted", "--json"))
        return tried[-1].returncode == 0

    eventually(found, seconds=180, what="the script's session answers")
    assert json.loads(tried[-1].stdout)["owner"] == "kubernetes-session.sh"
    assert {ran.returncode for ran in tried} <= {0, 6}
    stopped = somebody.run("stop", "--yes", "-q")
    assert stopped.returncode == 0, stopped.stderr
    eventually(
        lambda: not {name for name in kube.names(namespace) if "scripted" in name}, what="all of it is gone, by owner"
    )
