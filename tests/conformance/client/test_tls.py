"""A session with TLS whose clients must show a certificate, straight and inside a tunnel: who is let in, who is not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from flink_session.client import Direct, Tls, UnreachableError
from flink_session.client.access.port_forward import PortForward
from flink_session.client.access.way import Access
from tests.conformance.client.test_calls import BOUNDED
from tests.slow.client.conftest import port_forward
from tests.support.both_clients import MODES, client_of
from tests.support.certificates import Authority, Certified
from tests.support.local_flink import LocalFlink
from tests.support.servers import PortForwarding, serving

pytestmark = pytest.mark.conformance

PASSWORD = "changeit"
NAMES = ("localhost", "pod.ns")
SOON = 10.0
"""Seconds in which one is told what will not change; a JobManager that has just started is slow."""


def key_store(path: Path, found: Certified) -> Path:
    """What Java reads a certificate and its key from."""
    key = serialization.load_pem_private_key(found.key.read_bytes(), None)
    certificate = x509.load_pem_x509_certificate(found.certificate.read_bytes())
    encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"rest", key, certificate, None, encryption))  # type: ignore[arg-type]
    return path


def trust_store(path: Path, authority: Authority) -> Path:
    """What Java reads from whom to trust."""
    trusted = pkcs12.PKCS12Certificate(x509.load_pem_x509_certificate(authority.file.read_bytes()), b"authority")
    encryption = serialization.BestAvailableEncryption(PASSWORD.encode())
    path.write_bytes(pkcs12.serialize_java_truststore([trusted], encryption))
    return path


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def port(home: Path, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The REST port of a session that asks its clients for certificates."""
    folder = tmp_path_factory.mktemp("stores")
    rest = "security.ssl.rest"
    options = {
        f"{rest}.enabled": "true",
        f"{rest}.authentication-enabled": "true",
        f"{rest}.keystore": str(key_store(folder / "keys.p12", authority.certify(*NAMES))),
        f"{rest}.keystore-password": PASSWORD,
        f"{rest}.key-password": PASSWORD,
        f"{rest}.truststore": str(trust_store(folder / "trust.p12", authority)),
        f"{rest}.truststore-password": PASSWORD,
        "rest.address": "localhost",
    }
    flink = LocalFlink(home, folder / "session", options)
    try:
        flink.begin("jobmanager")
        deadline = time.monotonic() + 120
        while "Rest endpoint listening" not in flink.log("jobmanager"):
            assert time.monotonic() < deadline, flink.log("jobmanager")[-2000:]
            time.sleep(0.1)
        yield flink.port
    finally:
        flink.stop()


WAYS = ("direct", "port-forward")


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, port: int) -> Iterator[type[Direct | PortForward]]:
    """Leads to the session, given how to trust."""
    with serving(PortForwarding({"pod": port})) as api_server:
        yield {
            "direct": lambda tls: Direct(f"https://localhost:{port}", tls),
            "port-forward": lambda tls: port_forward(api_server.port, tls=tls),
        }[request.param]  # type: ignore[misc]


def tls_of(authority: Authority, certified: Certified | None) -> Tls:
    if certified is None:
        return Tls(ca_file=str(authority.file))
    return Tls(str(authority.file), str(certified.certificate), str(certified.key))


@pytest.mark.parametrize("mode", MODES)
def test_who_is_certified_is_let_in(way: type[Access], mode: str, authority: Authority, jar: Path) -> None:
    access = way(tls_of(authority, authority.certify("client")))  # type: ignore[call-arg]
    with client_of(MODES[mode], access) as client:
        uploaded = client.upload_jar(jar)
        job = client.run_jar(uploaded.id, BOUNDED)
        assert job in {item.id for item in client.list_jobs()}
        client.cancel(job)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("shown", ["no certificate", "another's certificate"])
def test_who_is_not_is_told_at_once(
    way: type[Access], mode: str, shown: str, authority: Authority, jar: Path, tmp_path: Path
) -> None:
    other = Authority(tmp_path, "another").certify("client") if shown == "another's certificate" else None
    access = way(tls_of(authority, other))  # type: ignore[call-arg]
    with client_of(MODES[mode], access, timeout=60) as client:
        for call in (client.list_jobs, lambda: client.upload_jar(jar), lambda: client.run_jar("a.jar", BOUNDED)):
            began = time.monotonic()
            with pytest.raises(UnreachableError, match="does not take this client"):
                call()
            assert time.monotonic() - began < SOON


@pytest.mark.parametrize("mode", MODES)
def test_who_does_not_trust_it_is_told_at_once(way: type[Access], mode: str, tmp_path: Path) -> None:
    access = way(Tls(ca_file=str(Authority(tmp_path, "another").file)))  # type: ignore[call-arg]
    with (
        client_of(MODES[mode], access, timeout=60) as client,
        pytest.raises(UnreachableError, match="its certificate is not trusted"),
    ):
        client.list_jobs()
