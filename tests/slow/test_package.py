"""The package as others import it."""

import json
import os
import subprocess
import sys
from pathlib import Path

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
    late = ("pulumi_kubernetes", "pydantic", "flink_session.configuration.yaml_core", "flink_session.kubernetes.checks")
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


NOTE = "import json, pathlib, sys\npathlib.Path({file!r}).write_text(json.dumps(sorted(sys.modules)))\n"
PROGRAM = "from flink_session import FlinkSessionCluster\nFlinkSessionCluster('demo', {'cluster_id': 'demo'})\n"


def test_neither_process_of_a_preview_loads_what_it_does_not_need(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: it\nruntime: python\n")
    (tmp_path / "Pulumi.dev.yaml").touch()
    (tmp_path / "__main__.py").write_text(PROGRAM + NOTE.format(file=str(tmp_path / "program.json")))
    engine = (
        "from flink_session.cli.main import main\n"
        f"try:\n    main(['preview', '--offline', '--stack', 'dev', '--cwd', {str(tmp_path)!r}])\n"
        "except SystemExit as end:\n    assert not end.code\n" + NOTE.format(file=str(tmp_path / "engine.json"))
    )
    environment = {**os.environ, "PULUMI_BACKEND_URL": f"file://{tmp_path}", "KUBECONFIG": str(tmp_path / "none")}
    subprocess.run([sys.executable, "-c", engine], check=True, env=environment)

    loaded = set(json.loads((tmp_path / "program.json").read_text()))
    assert "pydantic" in loaded
    late = ("pulumi_kubernetes", "pulumi.automation.", "dill", "yaml", "click", "rich", "lightkube", "httpx2")
    elsewhere = ("flink_session.engine", "flink_session.cli")
    assert not {name for name in loaded if name.startswith((*late, *elsewhere))}

    loaded = set(json.loads((tmp_path / "engine.json").read_text()))
    assert "flink_session.engine.deploy.run" in loaded
    programs = ("pulumi.resource", "opentelemetry", "pydantic", "flink_session.component", "flink_session.deployment")
    assert not {name for name in loaded if name.startswith((*programs, "cryptography", "dill"))}
