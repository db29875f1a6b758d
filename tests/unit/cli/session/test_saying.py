"""Where a session is, and which options the next commands need to mean it."""

from __future__ import annotations

from pathlib import Path

import pytest

from flink_session.api_server.kubeconfig import Endpoint
from flink_session.cli.session.saying import Reached, address_of, options_to_find
from flink_session.cli.session.starting import Action, Started
from flink_session.cli.session.wanted import Environment, Said, wanted
from flink_session.cli.target import NoSessionError, Target
from flink_session.client import ClusterClient
from flink_session.configuration import FlinkVersion

KUBECONFIG = """\
current-context: kind
contexts:
- {name: kind, context: {cluster: c, user: u, namespace: flink}}
- {name: prod, context: {cluster: c, user: u}}
clusters: [{name: c, cluster: {server: 'http://127.0.0.1:9'}}]
users: [{name: u, user: {}}]
"""


def started(*properties: str, context: str = "kind", namespace: str = "flink") -> Started:
    asked = wanted(Said(properties, "demo", namespace, context), FlinkVersion.parse("2.2"), Environment())
    endpoint = Endpoint({}, "http://127.0.0.1:9", "a test", "flink" if context == "kind" else "default", context)
    return Started(asked, endpoint, Action.DEPLOY)


@pytest.mark.parametrize(
    ("only", "session", "options"),
    [
        ("demo", started(), ""),
        ("other", started(), "-S demo"),
        ("", started(), "-S demo"),
        ("demo", started(namespace="mine"), "-n mine"),
        ("demo", started(context="prod", namespace="default"), "--context prod"),
        ("", started(context="prod", namespace="mine"), "-S demo --context prod -n mine"),
    ],
)
def test_no_option_is_named_that_is_not_needed(
    only: str, session: Started, options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(KUBECONFIG)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)

    def only_one(_: Target) -> str:
        if not only:
            raise NoSessionError("there are several")
        return only

    monkeypatch.setattr(Target, "_only_one", only_one)
    assert options_to_find(session) == options


def test_the_address_is_that_of_flinks_script_unless_another_is_known_to_answer() -> None:
    service = {"spec": {"ports": [{"name": "x", "port": 1}, {"name": "rest", "port": 9081}]}}
    assert address_of(None, None, started()) == "http://demo-rest.flink:8081"
    assert address_of(None, service, started("security.ssl.rest.enabled=true")) == "https://demo-rest.flink:9081"
    with ClusterClient("http://10.0.0.1:30081") as client:
        assert address_of(client, service, started()) == "http://10.0.0.1:30081"


def test_what_is_printed_as_json_has_the_documented_fields() -> None:
    document = Reached(started(), "http://demo-rest.flink:8081", "").document()
    page = (Path(__file__).parents[4] / "docs" / "working-with-a-session.md").read_text()
    table = page.partition("prints one object:")[2].partition("\n## ")[0]
    named = [name for line in table.splitlines() if line.startswith("| `") for name in line.split("|")[1].split(", ")]
    assert sorted(document) == sorted(name.strip(" `") for name in named)
    assert (document["action"], document["owner"], document["reached_by"]) == (
        "deployed",
        "flink-session session",
        None,
    )
