"""`flink-session session` as a process: what it imports, and the web UI behind its port."""

from __future__ import annotations

import http.client
import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from flink_session.cli.session.project import SessionProject
from flink_session.cli.session.running import Engine
from flink_session.cli.session.web import served
from flink_session.client import Direct

pytestmark = pytest.mark.slow


def test_nobody_who_uses_another_command_waits_for_this_one() -> None:
    code = (
        "import sys, flink_session.cli.main; "
        "print(*sorted(name for name in sys.modules if name.split('.')[0] in "
        "('httpx2', 'yaml', 'lightkube', 'pydantic', 'rich', 'pulumi') or name.startswith('flink_session.configur')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []


PULUMI = """#!/bin/sh
echo "$@" >> "$HOME/called"
case "$*" in *--expect-no-changes*) exit "$CHANGES";; esac
"""


def test_the_pulumi_cli_does_it_if_it_is_asked_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = tmp_path / "pulumi"
    cli.write_text(PULUMI)
    cli.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", "")
    engine, project = Engine(pulumi=True), SessionProject(tmp_path / "project", "demo.default.kind")
    engine.prepare(project)
    assert Path(os.environ["PULUMI_CONFIG_PASSPHRASE_FILE"]).is_file()
    for changes in (0, 1):
        monkeypatch.setenv("CHANGES", str(changes))
        assert engine.changes(project) is bool(changes)
    (tmp_path / "called").unlink()
    assert engine.up(project)
    assert engine.destroy(project)
    called = (tmp_path / "called").read_text().splitlines()
    rest = f"--stack demo.default.kind --cwd {project.folder} --non-interactive"
    create = f"stack select --create {rest}"
    assert called == [create, f"up --yes --skip-preview {rest}", create, f"destroy --yes --skip-preview {rest}"]


class Backend(http.server.BaseHTTPRequestHandler):
    """Tells what it was asked."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        said = {
            "method": self.command,
            "path": self.path,
            "body": len(self.rfile.read(length)),
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }
        body = json.dumps(said).encode()
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Type", "application/json")
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_HEAD = do_PATCH = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def backend() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def ui(backend: str) -> Iterator[str]:
    with served(Direct(backend)) as url:
        yield url


def ask(
    url: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 0, timeout=10)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()


def test_requests_go_to_the_session_and_say_nothing_of_the_browser(ui: str) -> None:
    path = urlsplit(ui).path
    status, headers, content = ask(
        ui, f"{path}jobs/overview?a=b%20c", Cookie="secret", Authorization="Basic x", Referer=ui, Accept="text/html"
    )
    said = json.loads(content)
    assert (status, said["method"], said["path"]) == (200, "GET", "/jobs/overview?a=b%20c")
    assert headers["referrer-policy"] == "no-referrer"
    assert said["headers"]["accept"] == "text/html"
    assert not {"cookie", "authorization", "referer"} & said["headers"].keys()
    assert path.strip("/") not in content.decode()
    assert ask(ui, f"{path}missing")[0] == 404
    assert json.loads(ask(ui, f"{path}chunked")[2])["path"] == "/chunked"
    assert ask(ui, f"{path}x", "HEAD")[2] == b""
    sent = json.loads(ask(ui, f"{path}jars/upload", "POST", b"x" * 3_000_000)[2])
    assert (sent["method"], sent["body"]) == ("POST", 3_000_000)


def test_who_does_not_know_the_path_gets_nothing(ui: str) -> None:
    path = urlsplit(ui).path
    assert len(path) >= 2 + 22
    for other in ("/", "/overview", f"/{'x' * 22}/overview"):
        assert ask(ui, other)[::2] == (404, b"There is nothing here.")
    assert ask(ui, f"{path}overview", Host="evil.example:80")[0] == 404
    assert ask(ui, path.rstrip("/"))[1]["location"] == path


def test_a_session_that_is_gone_is_told() -> None:
    with served(Direct("http://127.0.0.1:9")) as url:
        status, _, content = ask(url, urlsplit(url).path)
    assert status == 502
    assert content.startswith(b"The session cannot be reached: ")
    with served(Direct("http://127.0.0.1:9")) as url, pytest.raises(OSError, match="in use"):
        served(Direct("http://127.0.0.1:9"), urlsplit(url).port or 0).__enter__()
