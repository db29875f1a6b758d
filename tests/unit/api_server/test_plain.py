"""Plain kubeconfigs are read as lightkube reads them; all others by lightkube."""

import base64
import ssl
from pathlib import Path
from typing import Any

import httpx2
import pytest

from flink_session.api_server.errors import ClusterError
from flink_session.api_server.kubeconfig import ClusterChoice, _by_lightkube, _load, find_endpoint
from flink_session.api_server.plain import plain
from tests.support.certificates import Authority

SERVER = "https://flink.example:6443"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    authority = Authority(tmp_path)
    found = authority.certify("me")
    for path, name in ((authority.file, "ca.pem"), (found.certificate, "cert.pem"), (found.key, "key.pem")):
        path.rename(tmp_path / name)
    return tmp_path


def document(cluster: dict[str, Any], user: dict[str, Any], **context: Any) -> dict[str, Any]:
    return {
        "clusters": [{"name": "c", "cluster": {"server": SERVER, **cluster}}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u", **context}}],
        "current-context": "x",
    }


def files(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    authority, cert, key = (str(folder / name) for name in ("ca.pem", "cert.pem", "key.pem"))
    return {"certificate-authority": authority}, {"client-certificate": cert, "client-key": key}


def data(folder: Path) -> tuple[dict[str, str], dict[str, str]]:
    names = ("ca.pem", "cert.pem", "key.pem")
    authority, cert, key = (base64.b64encode((folder / name).read_bytes()).decode() for name in names)
    return {"certificate-authority-data": authority}, {"client-certificate-data": cert, "client-key-data": key}


@pytest.mark.parametrize("given", [files, data])
@pytest.mark.parametrize("context", [{}, {"namespace": "flink"}])
@pytest.mark.parametrize("token", ["", "secret"])
def test_it_is_read_as_lightkube_does(given: Any, context: dict[str, str], token: str, folder: Path) -> None:
    cluster, user = given(folder)
    if token:
        user = {"token": token}
    text = str(document(cluster, user, **context)).replace("'", '"')
    choice = ClusterChoice("\n" + text)
    ours, theirs = find_endpoint(choice), _by_lightkube(*_load(choice)[:1], choice, "x")
    assert plain(document(cluster, user, **context), "")
    assert (ours.server, ours.namespace, ours.context) == (theirs.server, theirs.namespace, theirs.context)
    assert ours.options.keys() == theirs.options.keys()
    differs = {"verify", "auth", "limits"}
    assert {key for key in ours.options if key not in differs and ours.options[key] != theirs.options[key]} == set()
    for found in (ours, theirs):
        context_ = found.options["verify"]
        assert isinstance(context_, ssl.SSLContext)
        assert context_.check_hostname
        assert [item["subject"] for item in context_.get_ca_certs()] == [((("commonName", "authority"),),)]
        assert header(found.options["auth"]) == (f"Bearer {token}" if token else None)


def header(auth: httpx2.Auth | None) -> str | None:
    if auth is None:
        return None
    return next(auth.sync_auth_flow(httpx2.Request("GET", SERVER))).headers["Authorization"]


@pytest.mark.parametrize(
    ("cluster", "user"),
    [
        ({}, {"exec": {"command": "aws"}}),
        ({}, {"username": "u", "password": "p"}),
        ({}, {"tokenFile": "/token"}),
        ({}, {"auth-provider": {"name": "gcp"}}),
        ({"tls-server-name": "other"}, {}),
        ({"insecure-skip-tls-verify": True}, {}),
        ({"proxy-url": "http://proxy"}, {}),
        ({"server": "http://flink"}, {}),
        ({"certificate-authority-data": "no base64"}, {}),
        ({}, {"client-certificate": "cert.pem"}),
        ({}, {"token": 5}),
    ],
)
def test_what_is_not_plain_is_left_to_lightkube(cluster: dict[str, Any], user: dict[str, Any], folder: Path) -> None:
    authority, _ = files(folder)
    chosen = cluster if "certificate-authority-data" in cluster else {**authority, **cluster}
    assert plain(document(chosen, user), "") is None
    assert plain(document(authority, {}), "other") is None


def test_files_that_are_missing_are_said(folder: Path) -> None:
    text = str(document({"certificate-authority": str(folder / "nowhere")}, {})).replace("'", '"')
    with pytest.raises(ClusterError, match="cannot be used: FileNotFoundError"):
        find_endpoint(ClusterChoice("\n" + text))
