"""The examples are previewed whole, each with the objects that it is about."""

from pathlib import Path

import pytest

from tests.support.production import configure_secrets
from tests.support.project import ROOT, Project

pytestmark = pytest.mark.slow

EXAMPLES = ROOT / "examples"
SHOWN = {
    "one-session": ["FlinkSessionCluster analytics", "+ 10 to create", "http://analytics-rest.default:8081"],
    "several-sessions": [
        "Namespace sessions",
        "FlinkSessionCluster billing",
        "FlinkSessionCluster search",
        "+ 21 to create",
        "http://search-rest.flink-sessions:8081",
    ],
    "production": [
        "PodDisruptionBudget",
        "DeleteGuard",
        "ha_data is delete",
        "+ 16 to create",
        "flink-production:8081",
    ],
    "platform": ["Workspace fraud", "ResourceQuota fraud", "+ 13 to create", "http://flink-rest.team-fraud:8081"],
}


def test_every_example_is_tried() -> None:
    programs = {path.parent.name for path in EXAMPLES.glob("*/Pulumi.yaml")}
    assert programs - {"typescript", "yaml"} == set(SHOWN)  # these two: tests/slow/test_other_languages.py
    assert all(name in (EXAMPLES / "README.md").read_text() for name in programs)
    assert all((EXAMPLES / name / "README.md").is_file() for name in programs)


@pytest.mark.parametrize("name", SHOWN)
def test_an_example_previews(name: str, tmp_path: Path) -> None:
    project = Project(tmp_path / name, str(tmp_path / "no-kubeconfig"), source=EXAMPLES / name)
    (project.folder / "stacks" / "Pulumi.dev.yaml").write_text((EXAMPLES / name / "stacks/Pulumi.dev.yaml").read_text())
    if name == "production":
        configure_secrets(project, tmp_path)
    preview = project.run("preview", "dev", "--offline")
    assert "long enough" not in preview.stdout
    assert preview.returncode == 0, preview.stdout
    for words in SHOWN[name]:
        assert words in preview.stdout
