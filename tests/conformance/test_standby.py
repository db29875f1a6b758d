"""What JobManagers need to find each other: which versions of Flink need it, and that it stands IPv6 and TLS."""

from __future__ import annotations

import os
import socket
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from flink_session.client import ClusterClient, Program
from flink_session.configuration.flink_version import FlinkVersion
from flink_session.kubernetes.extensions.blob_server_address import FIRST_VERSION
from tests.conformance.distributions import DEFAULT_FLINK_VERSION, FLINK_VERSIONS, distribution
from tests.support.kube import session_jar
from tests.support.local_flink import local_flink

pytestmark = pytest.mark.conformance

_GATEWAY = "org/apache/flink/runtime/dispatcher/DispatcherGateway.class"


@pytest.mark.parametrize("version", FLINK_VERSIONS)
def test_the_versions_that_ask_the_leader_for_the_address_of_its_blob_server(version: str) -> None:
    home = distribution(version)
    if home is None:
        pytest.skip(f"the jars of Flink {version} are not here")
    with zipfile.ZipFile(home / "lib" / f"flink-dist-{version}.jar") as jar:
        asks = b"getBlobServerAddress" in jar.read(_GATEWAY)
    assert asks is FlinkVersion.parse(version).is_at_least(FIRST_VERSION)


def internal_tls(folder: Path) -> Mapping[str, str]:
    """Options of mutual TLS between Flink's processes, with a key made for that."""
    keystore = folder / "internal.p12"
    store = ("-keystore", str(keystore), "-storetype", "PKCS12", "-storepass", "password")
    key = ("-alias", "flink", "-dname", "CN=flink.internal", "-keyalg", "RSA")
    subprocess.run(["keytool", "-genkeypair", *key, *store], check=True, capture_output=True)
    ssl = "security.ssl.internal"
    return {
        f"{ssl}.enabled": "true",
        **{f"{ssl}.{store}": str(keystore) for store in ("keystore", "truststore")},
        **{f"{ssl}.{what}-password": "password" for what in ("keystore", "truststore", "key")},
    }


def test_a_job_manager_that_is_bound_to_an_ipv6_address_gets_jobs_over_tls(tmp_path: Path) -> None:
    home = distribution(DEFAULT_FLINK_VERSION)
    if home is None or not has_ipv6() or not os.environ.get("FLINK_SESSION_TEST_JAR"):
        pytest.skip("there is no Flink here, no IPv6, or no job")
    address = "'::1'"  # as a pod's address is given, without brackets
    options = {
        "jobmanager.rpc.address": address,
        "jobmanager.bind-host": address,
        "taskmanager.host": address,
        "taskmanager.bind-host": address,
        **internal_tls(tmp_path),
    }
    with local_flink(home, tmp_path / "flink", options) as flink, ClusterClient(flink.url) as client:
        job = client.submit(session_jar(), Program("dev.flinksession.BoundedCount", arguments=["1000"]))
        assert client.job_result(job).status == "SUCCEEDED"
        assert "Started BLOB server at 0:0:0:0:0:0:0:1:" in flink.log("jobmanager")


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False
