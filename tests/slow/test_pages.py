"""The pages that users read: every command, every file and every program on them is run, and prints what they show."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.engine.fake_api import FakeApi
from tests.support.misbehaving import MisbehavingServer
from tests.support.pages import Block, blocks, is_as_shown, run
from tests.support.project import ROOT, Project

pytestmark = pytest.mark.slow

PAGES = (
    "README.md",
    *(f"docs/{name}.md" for name in ("composing", "other-languages", "policies", "testing")),
    *(
        f"docs/{name}.md"
        for name in (
            "adoption",
            "changing",
            "component",
            "delete-guard",
            "configuration",
            "engine",
            "manifests",
            "permissions",
        )
    ),
    *(f"docs/{name}.md" for name in ("pod-templates", "stack-configuration", "troubleshooting")),
    *(f"docs/{name}.md" for name in ("sessions", "sizes")),
    *(f"docs/{name}.md" for name in ("working-with-a-session", "coming-from-kubernetes-session")),
    *(f"docs/{name}.md" for name in ("high-availability", "logging")),
    *(f"docs/{name}.md" for name in ("exposure", "metrics", "secrets", "state-and-plugins")),
    "docs/jobs.md",
    "docs/review.md",
)


@pytest.fixture
def server() -> Iterator[MisbehavingServer]:
    with MisbehavingServer(FakeApi().client).running() as server:
        yield server


@pytest.fixture
def project(server: MisbehavingServer, tmp_path: Path) -> Project:
    """A checkout, as far as readers need it, beside a cluster in memory."""
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(server.kubeconfig())
    project = Project(tmp_path / "checkout", str(kubeconfig))
    for name in ("dev", "prod"):
        shutil.copy(ROOT / "stacks" / f"Pulumi.{name}.yaml", project.folder / "stacks")
    shutil.copytree(ROOT / "examples", project.folder / "examples")
    shutil.copy(ROOT / "Makefile", project.folder)
    project.env["PATH"] = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{project.env['PATH']}"
    project.env["HOME"] = str(tmp_path)
    return project


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_says_is_so(page: str, project: Project) -> None:
    wrong = [
        f"{page}:{block.line}: {fault}"
        for block in blocks(ROOT / page)
        if not block.why
        for fault in _try(block, project)
    ]
    assert not wrong, "\n".join(wrong)


def _try(block: Block, project: Project) -> Iterator[str]:
    if block.file:
        file = project.folder / block.file
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text)
    elif block.kind == "console":
        for command, shown in block.commands():
            printed = run(command, project.folder, project.env)
            if not is_as_shown(shown, printed):
                yield f"$ {command}shows:\n{shown}\nprints:\n{printed}"
    elif block.kind in ("yaml", "python"):
        yield "the block is no file: let it open with `# FILE`, so that the commands after it can use it"
    elif block.kind != "text":
        yield f"nobody knows how to run a block of {block.kind}"
    if block.kind == "yaml":
        list(yaml.safe_load_all(block.text))
