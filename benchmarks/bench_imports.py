"""What is paid before anything is done: the import of the component, and `flink-session manifests`."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.project import COMMAND
from benchmarks.report import Figure, Report
from benchmarks.turns import IMPORT_SDK, in_turns

ROUNDS = 15
COMPONENT = [sys.executable, "-c", "import pulumi, flink_session.component"]
MANIFESTS = [*COMMAND, "manifests", "-Dkubernetes.cluster-id=my-session"]
BEYOND = 0.08
SHARE = 0.5
MANIFESTS_AIM = 0.15


def test_imports(tmp_path: Path, report: Report) -> None:
    # The fastest of each: what else the machine does only ever adds to these.
    sdk, component, manifests = map(min, in_turns([IMPORT_SDK, COMPONENT, MANIFESTS], ROUNDS, tmp_path))
    for what, value, unit, aim in (
        ("import pulumi", sdk, "s", None),
        ("import flink_session.component, beyond it", component - sdk, "s", BEYOND),
        ("  as a share of import pulumi", component / sdk - 1, "", SHARE),
        ("flink-session manifests", manifests, "s", MANIFESTS_AIM),
    ):
        report.add(Figure(f"Imports, as processes, the fastest of {ROUNDS} in turns", what, value, unit, aim))
