"""What `flink-session job list` does not import: it would take longer than all else that the command does."""

import subprocess
import sys
from pathlib import Path

import pytest

from flink_session.api_server.kubeconfig import ClusterChoice, find_endpoint
from tests.support.certificates import Authority

pytestmark = pytest.mark.slow

NEVER = {"lightkube", "rich", "pydantic", "pulumi", "grpc", "google", "cryptography", "asyncio", "flink_session.engine"}
BY_URL = """
import sys
from tests.support.fake_flink import FakeFlink, FakeJob
from flink_session.cli.main import main
import flink_session.client.cluster_client as client
client.Direct = lambda url: FakeFlink(FakeJob("a" * 32))
import flink_session.client
flink_session.client.Direct = lambda url, **options: FakeFlink(FakeJob("a" * 32))
"""
BY_KUBERNETES = """
import sys
from flink_session.cli.main import main
"""
RUN = """
try:
    main(sys.argv[1:])
except SystemExit as end:
    print("status", end.code)
print(*sorted(sys.modules))
"""


def run(script: str, *words: str, **env: str) -> tuple[str, set[str]]:
    ran = subprocess.run(
        [sys.executable, "-c", script + RUN, *words],
        env={"PYTHONPATH": str(Path(__file__).parents[2]), **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    *_, status, modules = ran.stdout.splitlines()
    return f"{status} {ran.stderr}", set(modules.split())


def test_by_url() -> None:
    said, modules = run(BY_URL, "job", "list", "-S", "http://flink")
    assert said.startswith("status 0"), said
    assert "flink_session.cli.job.knowing.looking" in modules
    assert modules & (NEVER | {"yaml", "flink_session.cli.session"}) == set()


@pytest.mark.parametrize("own", ["certificate", "token"])
def test_by_kubernetes(own: str, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    found = authority.certify("me")
    user = f"client-certificate: {found.certificate.name}, client-key: {found.key.name}"
    if own == "token":
        user = "token: secret"
    (tmp_path / "kubeconfig").write_text(
        "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:9', "
        f" certificate-authority: {authority.file.name}}}}}]\n"
        f"users: [{{name: u, user: {{{user}}}}}]\n"
        "contexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n"
    )
    assert find_endpoint(ClusterChoice(str(tmp_path / "kubeconfig"))).server == "https://127.0.0.1:9"
    said, modules = run(BY_KUBERNETES, "job", "list", "-S", "x", KUBECONFIG=str(tmp_path / "kubeconfig"))
    assert said.startswith("status 6"), said
    assert "flink_session.client.access.service_proxy" in modules
    assert modules & NEVER == set()
