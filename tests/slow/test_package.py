"""The package as others import it."""

import json
import subprocess
import sys

import pytest

import flink_session

pytestmark = pytest.mark.slow


def modules_after(statement: str) -> set[str]:
    """Top-level and project modules that are loaded after ``statement`` in a fresh interpreter."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(ran.stdout.splitlines()[-1]))


def test_importing_the_package_brings_neither_pulumi_nor_the_engine() -> None:
    loaded = modules_after("import flink_session")
    assert not {name for name in loaded if name.startswith(("pulumi", "flink_session.engine", "grpc"))}


def test_importing_the_component_brings_no_engine_and_nothing_that_takes_long() -> None:
    loaded = modules_after("from flink_session import FlinkSessionCluster")
    assert "pulumi" in loaded
    elsewhere = ("flink_session.engine", "flink_session.cli", "flink_session.client", "lightkube", "click", "rich")
    late = ("pulumi_kubernetes", "pydantic", "flink_session.configuration.yaml_core")
    assert not {name for name in loaded if name.startswith((*elsewhere, *late))}


def test_every_public_name_is_there() -> None:
    assert all(getattr(flink_session, name).__doc__ for name in flink_session.__all__)


def test_neither_pulumi_nor_a_client_is_imported() -> None:
    script = (
        "import sys\nfrom flink_session.cli.main import main\n"
        "main(['manifests', '-Dkubernetes.cluster-id=demo'], standalone_mode=False)\n"
        "print(sorted(set(sys.modules) & {'pulumi', 'pulumi_kubernetes', 'grpc', 'lightkube', 'httpx2', 'pydantic',"
        " 'rich', 'google.protobuf'}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip().endswith("[]")


def test_the_client_brings_neither_pulumi_nor_the_kubernetes_client_until_it_is_needed() -> None:
    loaded = modules_after("from flink_session.client import ClusterClient; ClusterClient('http://127.0.0.1:1')")
    assert "httpx2" in loaded
    heavy = ("pulumi", "lightkube", "pydantic", "rich", "grpc", "flink_session.engine", "flink_session.kubernetes")
    assert not {name for name in loaded if name.startswith(heavy)}
