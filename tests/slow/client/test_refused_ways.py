"""Ways that refuse: certificates that are not trusted, clients that show none, rights that are missing, proxies."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flink_session.client import Direct, FlinkError, RefusedError, Tls, UnreachableError
from flink_session.client.access.way import Access
from tests.slow.client.conftest import port_forward
from tests.slow.client.test_faults import CALLS, JAR, JOB, WAYS, Setting, forward, jar, proxy
from tests.support.both_clients import MODES, client_of
from tests.support.certificates import Authority
from tests.support.remembering import Answered, Network, Remembering
from tests.support.servers import PortForwarding, Server, serving

pytestmark = pytest.mark.slow

__all__ = ["jar"]

SOON = 5.0
"""Seconds in which one is told what will not change."""
NAMES = ("pod.ns", "localhost")
"""What it is called in a tunnel, and in a URL."""


def flink() -> Remembering:
    return Remembering(jars={JAR: "there.jar"}, jobs={JOB: "RUNNING"})


@contextmanager
def secured(
    way: str, remembering: Remembering, authority: Authority, tls: Tls, *names: str, mutual: bool = False
) -> Iterator[Access]:
    """A way to a Flink with TLS, whose certificate is for these names; in the tunnel, too."""
    with serving(remembering, tls=authority.server_context(*names, mutual=mutual)) as server:
        if way == "direct":
            yield Direct(f"https://localhost:{server.port}", tls)
            return
        with serving(PortForwarding({"pod": server.port})) as api_server:
            yield port_forward(api_server.port, tls=tls)


def outcomes(access: Access, mode: str, remembering: Remembering, path: Path) -> list[FlinkError | bool]:
    """What each call comes to, which has to be soon."""
    found: list[FlinkError | bool] = []
    with client_of(MODES[mode], access, timeout=60) as client:
        setting = Setting(client, remembering, Network(0), Server())
        for call in CALLS:
            began = time.monotonic()
            try:
                found.append(call(setting, path))
            except FlinkError as error:
                found.append(error)
            assert time.monotonic() - began < SOON
    return found


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", ["direct", "port-forward"])
def test_whoever_is_certified_and_trusts_is_let_in(way: str, mode: str, jar: Path, tmp_path: Path) -> None:
    authority, remembering = Authority(tmp_path), flink()
    mine = authority.certify("client")
    tls = Tls(ca_file=str(authority.file), certificate_file=str(mine.certificate), key_file=str(mine.key))
    with secured(way, remembering, authority, tls, *NAMES, mutual=True) as access:
        assert outcomes(access, mode, remembering, jar) == [True] * len(CALLS)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", ["direct", "port-forward"])
@pytest.mark.parametrize("wrong", ["an authority", "a name"])
def test_a_certificate_that_is_not_trusted_is_told_at_once(
    wrong: str, way: str, mode: str, jar: Path, tmp_path: Path
) -> None:
    authority, other, remembering = Authority(tmp_path), Authority(tmp_path, "another"), flink()
    whom, why = (other, "unable to get local issuer") if wrong == "an authority" else (authority, "")
    names = NAMES if wrong == "an authority" else ("elsewhere",)
    with secured(way, remembering, authority, Tls(ca_file=str(whom.file)), *names) as access:
        for error in outcomes(access, mode, remembering, jar):
            assert isinstance(error, UnreachableError)
            assert f"its certificate is not trusted: {why}" in str(error)


def status(code: int, message: str) -> Answered:
    return code, {"kind": "Status", "message": message}


REFUSALS: dict[str, tuple[Answered, str]] = {
    "403": (status(403, 'cannot get resource "services/proxy"'), 'cannot get resource "services/proxy"'),
    "401": (status(401, "Unauthorized"), "refuses the credentials"),
    "413": ((413, "<html>Request Entity Too Large</html>"), "refuses what is so large"),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_what_the_api_server_refuses_is_told_at_once(refusal: str, mode: str, jar: Path) -> None:
    answer, why = REFUSALS[refusal]
    remembering = flink()
    remembering.instead = lambda _method, _path: answer
    with serving(remembering) as server:
        for error in outcomes(proxy(server.port), mode, remembering, jar):
            assert isinstance(error, UnreachableError)
            assert why in str(error)


@pytest.mark.parametrize("mode", MODES)
def test_a_port_that_may_not_be_forwarded_is_told_at_once(mode: str, jar: Path) -> None:
    remembering = flink()
    remembering.instead = lambda _method, _path: status(403, "cannot create resource pods/portforward")
    with serving(remembering) as server:
        for error in outcomes(forward(server.port), mode, remembering, jar):
            assert isinstance(error, UnreachableError)
            assert "get and create on pods/portforward" in str(error)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("way", ["direct", "service proxy"])
def test_an_upload_that_is_too_large_for_a_proxy_is_no_other_calls_matter(way: str, mode: str, jar: Path) -> None:
    remembering = flink()
    large = (413, "<html>Request Entity Too Large</html>")
    remembering.instead = lambda method, path: (
        large if (method, path.rpartition("/")[2]) == ("POST", "upload") else None
    )
    with serving(remembering) as server:
        listed, uploaded, ran, stopped = outcomes(WAYS[way](server.port), mode, remembering, jar)
    assert (listed, ran, stopped) == (True, True, True)
    assert isinstance(uploaded, UnreachableError if way == "service proxy" else RefusedError)
    assert "large" in str(uploaded).lower()
