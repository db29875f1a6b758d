"""Which of deploying, retrieving and comparing is done, whose a session is, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flink_session.cli.session.looking import Found, look
from flink_session.cli.session.saying import next_commands
from flink_session.cli.session.starting import Action, decide, read_environment, version_beside
from flink_session.cli.session.stopping import said_of_jobs
from flink_session.client import NotFoundError, RefusedError, UnreachableError
from flink_session.client.exchange import Request, Response
from flink_session.configuration import FlinkVersion, IllegalConfigurationError

WHOLE, NOTHING = Found({}, {}), Found()
SERVICE, DEPLOYMENT = Found({}, None), Found(None, {})


@pytest.mark.parametrize(
    ("ours", "found", "has_options", "action"),
    [
        (False, NOTHING, False, Action.DEPLOY),
        (False, NOTHING, True, Action.DEPLOY),
        (False, WHOLE, True, Action.RETRIEVE),
        (False, SERVICE, False, Action.RETRIEVE),
        (False, DEPLOYMENT, False, Action.DEPLOY),
        (True, WHOLE, False, Action.RETRIEVE),
        (True, WHOLE, True, Action.COMPARE),
        (True, NOTHING, False, Action.RESUME),
        (True, SERVICE, False, Action.RESUME),
        (True, SERVICE, True, Action.DEPLOY),
    ],
)
def test_what_is_done(ours: bool, found: Found, has_options: bool, action: Action) -> None:
    assert decide(ours=ours, found=found, has_options=has_options) is action


@pytest.mark.parametrize(
    ("manager", "owner"),
    [
        ("flink-session-1a2b3c4d", "a Pulumi stack elsewhere"),
        ("flink", "kubernetes-session.sh"),
        ("somebody", "somebody else"),
    ],
)
def test_whose_it_is(manager: str, owner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    metadata = {
        "name": "demo",
        "namespace": "flink",
        "uid": "1-2",
        "creationTimestamp": "2026-11-27T07:00:00Z",
        "labels": {"type": "flink-native-kubernetes", "app": "demo", "component": "jobmanager"},
        "managedFields": [{"manager": manager, "operation": "Update"}],
    }
    containers = [{"name": "flink-main-container", "image": "flink:2.2.1"}]
    spec = {"replicas": 1, "template": {"spec": {"containers": containers}}}
    found = Found({}, {"metadata": metadata, "spec": spec, "status": {}})
    assert found.owner(tmp_path) == owner
    assert Found({}, None).owner(tmp_path) == "somebody else"


def answer(call: Any, answers: dict[str, tuple[int, bytes]]) -> Any:
    """Run a call against answers by path."""
    said: Any = None
    try:
        while True:
            request = call.send(said)
            if isinstance(request, Request):
                status, content = answers.get(request.path, (404, b'{"message": "not found"}'))
                said = Response(status, content)
            else:
                said = None
    except StopIteration as end:
        return end.value


NAMESPACES = b'{"items": [{"metadata": {"name": "flink"}}, {"metadata": {"name": "default"}}]}'
FORBIDDEN = (403, b'{"message": "services is forbidden: User \\"me\\" cannot get"}')


def test_what_is_there_is_looked_for_as_flink_does() -> None:
    there = {"/api/v1/namespaces/flink/services/demo-rest": (200, b'{"a": 1}'), "/api/v1/namespaces": (200, NAMESPACES)}
    assert answer(look("demo", "flink"), there) == Found({"a": 1}, None)
    with pytest.raises(NotFoundError, match="no namespace 'flnk': there is 'flink'; create it by `kubectl"):
        answer(look("demo", "flnk"), there)
    with pytest.raises(NotFoundError, match="no namespace 'zzz': there are default, flink;"):
        answer(look("demo", "zzz"), there)
    assert answer(look("demo", "mine"), {"/api/v1/namespaces/mine": FORBIDDEN}) == NOTHING
    with pytest.raises(RefusedError, match="does not let you get services: services is forbidden"):
        answer(look("demo", "flink"), {"/api/v1/namespaces/flink/services/demo-rest": FORBIDDEN})
    with pytest.raises(UnreachableError, match="HTTP status 599"):
        answer(look("demo", "flink"), {"/api/v1/namespaces/flink/services/demo-rest": (599, b"")})


def test_folders_that_the_environment_names_wrongly_are_all_told() -> None:
    with pytest.raises(IllegalConfigurationError) as caught:
        read_environment("/no/conf", "/no/hadoop", FlinkVersion.parse("2.2"), Path("/"))
    assert [item.key for item in caught.value.findings] == ["FLINK_CONF_DIR", "HADOOP_CONF_DIR"]


def test_a_folder_is_of_the_distribution_that_it_lies_in(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    assert version_beside(str(tmp_path / "conf")) == ""
    (tmp_path / "lib" / "flink-dist-2.1.3.jar").touch()
    assert version_beside(str(tmp_path / "conf")) == "2.1.3"
    assert version_beside("") == ""


def test_what_ends_with_a_session() -> None:
    assert said_of_jobs(None).startswith("Its jobs are not known")
    assert said_of_jobs([]) == "No job runs there."
    assert said_of_jobs(["a"]) == "1 job ends with it: a."
    assert said_of_jobs([*"abcdefg"]) == "7 jobs end with it: a, b, c, d, e, …."


def test_the_next_commands() -> None:
    assert next_commands("") == [
        "flink-session job submit JOB.jar",
        "flink-session session ui",
        "flink-session session stop",
    ]
    assert next_commands("-S a", "/my config")[1] == "KUBECONFIG='/my config' flink-session session ui -S a"
