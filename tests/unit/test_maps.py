"""The maps for those who are new here name what is there, and all of it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "flink_session"


def modules(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.py")} - {"__init__"}


def rooms() -> dict[str, set[str]]:
    """Read the table of rooms in docs/engine.md."""
    text = (ROOT / "docs/engine.md").read_text().partition("## Where what is")[2]
    rows = re.findall(r"^\| `([\w/]+)/` \| ([^|]*) \|", text, re.MULTILINE)
    return {room: set(re.findall(r"`(\w+)`", files)) for room, files in rows}


def test_the_rooms_of_the_engine() -> None:
    engine = PACKAGE / "engine"
    folders = [path.parent for path in engine.rglob("*/__init__.py")]
    assert rooms() == {str(folder.relative_to(engine)): modules(folder) for folder in folders}


def test_the_layers() -> None:
    layers = (ROOT / "docs/architecture.md").read_text().partition("## Layers")[2].partition("## Decisions")[0]
    named = re.findall(r"^\| `(\w+)(?:/|\.py)` \|", layers, re.MULTILINE)
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert sorted(named) == sorted(packages | modules(PACKAGE))


def test_the_map_of_the_package() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text().partition("flink_session/\n")[2].partition("dev/ ")[0]
    named = re.findall(r"(\w+)(?:/ |\.py)", text)
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert sorted(named) == sorted(packages | modules(PACKAGE))


PATHS = re.findall(r"`([\w.-]+/[\w./-]*)`", (ROOT / "CONTRIBUTING.md").read_text())


@pytest.mark.parametrize("path", sorted(set(PATHS)))
def test_what_contributing_names_is_there(path: str) -> None:
    assert (PACKAGE / path).exists() or (ROOT / path).exists()


NAMES = {
    "JOB_MANAGER_DECORATORS": "kubernetes/decorators/__init__.py",
    "_IN_ORDER": "kubernetes/extensions/__init__.py",
    "_CHECKS": "kubernetes/checks/__init__.py",
    "session_cluster_options": "deployment/settings.py",
    "SessionClusterOptions": "deployment/session_cluster_options.py",
    "_arguments": "deployment/arguments.py",
    "PROGRESS": "engine/kubernetes_provider/waits/readiness.py",
    "_FORCE_NEW_TEXTS": "engine/kubernetes_provider/kinds.py",
}
"""What CONTRIBUTING.md sends its reader to, by name."""


@pytest.mark.parametrize("name", NAMES)
def test_what_contributing_sends_to_is_there(name: str) -> None:
    assert f"`{name}`" in (ROOT / "CONTRIBUTING.md").read_text()
    assert re.search(rf"(?:^|\W){name}\b", (PACKAGE / NAMES[name]).read_text())
