"""What former versions have made is never replaced: by this version, nor by renames and moves in people's programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.upgrades.releases import PROGRAMS, RELEASES, Stack

pytestmark = pytest.mark.slow

UPDATES = {
    # A release, by what its objects are updated for; one line of CHANGELOG.md for each.
    "main-2026-11-27": set[str](),
}
"""The resources whose update the present version shows to users of a former one, in unchanged programs."""
RECORDED = [(path.parent.name, path.stem) for path in sorted(RELEASES.glob("*/*.json"))]
HARMLESS = {"same", "read", "update"}


def planned(stack: Stack) -> dict[str, str]:
    """Give what is planned, by the names of the resources, but for those of the state alone."""
    preview = stack.run("preview", "--json")
    assert preview.exit_code == 0, preview.output
    steps = json.loads(preview.stdout)["steps"]
    real = (step for step in steps if "kubernetes:" in step["urn"] or "pulumi-python:" in step["urn"])
    return {step["urn"].rpartition("::")[2]: step["op"] for step in real if "pulumi:providers" not in step["urn"]}


def test_each_program_is_recorded_for_each_release() -> None:
    programs = {path.name for path in PROGRAMS.iterdir() if path.is_dir()}
    assert set(RECORDED) == {(release, program) for release in UPDATES for program in programs}


@pytest.mark.parametrize(("release", "program"), RECORDED)
def test_what_a_former_version_has_made_stays(release: str, program: str, tmp_path: Path) -> None:
    stack = Stack(tmp_path, program)
    stack.restore(json.loads((RELEASES / release / f"{program}.json").read_text()))
    uids = {path: item["metadata"].get("uid") for path, item in stack.api.objects.items()}
    stack.at(1)
    found = planned(stack)
    assert set(found.values()) <= HARMLESS, found
    assert {name for name, operation in found.items() if operation == "update"} == UPDATES[release]
    for step in (2, 3):
        stack.at(step)
        found = planned(stack)
        assert set(found.values()) <= HARMLESS, found
        up = stack.run("up", "--yes")
        assert up.exit_code == 0, up.output
    kept = {path: item["metadata"].get("uid") for path, item in stack.api.objects.items()}
    assert kept == uids
