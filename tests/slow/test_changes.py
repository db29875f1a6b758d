"""The class of a change, held against the plans that the engine really makes, with and without mutable ConfigMaps."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest

from flink_session.configuration.catalogue import option_catalogue
from flink_session.deployment.changes import ChangeClass, change_of_arguments, change_of_option
from tests.support.engine.fake_api import FakeApi
from tests.support.engine.project import Run, configure, program

pytestmark = pytest.mark.slow

PROGRAM = """
import json, pathlib
from flink_session import FlinkSessionCluster
FlinkSessionCluster("session", json.loads(pathlib.Path("args.json").read_text()))
"""
BASE: dict[str, Any] = {"cluster_id": "demo", "log_configuration": {"log4j-console.properties": "monitorInterval=30\n"}}
CHANGES: dict[str, dict[str, Any]] = {
    "nothing": {"ready_timeout": "5m"},
    "objects only": {"owner_reference_permission": True},
    "JobManager restarts": {"configuration": {"taskmanager.numberOfTaskSlots": 2}},
    "log levels": {"log_configuration": {"log4j-console.properties": "monitorInterval=30\nrootLogger.level=DEBUG\n"}},
    "rest service updated": {"rest_service_exposed_type": "NodePort"},
    "rest service replaced": {"rest_service_exposed_type": "Headless_ClusterIP"},
    "account": {"service_account": "theirs"},
    "pod security": {"pod_security": "none"},
    "high availability": {
        "configuration": {
            "high-availability.type": "kubernetes",
            "high-availability.storageDir": "file:///ha",
        }
    },
    "session replaced": {"cluster_id": "other"},
}


def no_file(path: str) -> bytes:
    raise FileNotFoundError(path)


def write(folder: Path, args: Mapping[str, Any]) -> None:
    (folder / "args.json").write_text(json.dumps(args))


def planned(run: Run) -> dict[tuple[str, str], str]:
    """Give what the engine plans for each object that it does not leave alone, by kind and name."""
    preview = run("preview", "--json")
    assert preview.exit_code == 0, preview.output
    found = {}
    for step in json.loads(preview.stdout)["steps"]:
        state = step.get("newState") or step["oldState"]
        if step["op"] != "same" and state["type"].startswith("kubernetes:"):
            found[state["inputs"]["kind"], state["inputs"]["metadata"]["name"]] = step["op"]
    return found


@pytest.mark.parametrize("mutable", [(), ("ConfigMap",)], ids=["as Pulumi does", "with mutable ConfigMaps"])
def test_the_engine_plans_what_the_class_says(mutable: Collection[str], api: FakeApi, run: Run, folder: Path) -> None:
    if mutable:
        configure(folder, **{"kubernetes:enableConfigMapMutable": "true"})
    else:
        configure(folder)
    program(folder, PROGRAM)
    write(folder, BASE)
    up = run("up", "--yes")
    assert up.exit_code == 0, up.output
    for name, change in CHANGES.items():
        after = {**BASE, **change}
        write(folder, after)
        expected = change_of_arguments(BASE, after, no_file, mutable)
        assert planned(run) == {(item.kind, item.name): item.operation for item in expected.objects}, name


def test_every_option_of_flink_has_a_class() -> None:
    """All options are in config.yaml, and its checksum restarts the JobManager; but for what only a client reads."""
    found: dict[ChangeClass | None, list[str]] = {}
    for key in option_catalogue("2.2").entries:
        change = change_of_option(key, {"cluster_id": "demo"}, no_file)
        found.setdefault(change.change_class if change else None, []).append(key)
    impossible = found.pop(None)
    assert found[ChangeClass.NOTHING] == [
        "$internal.deployment.config-dir",
        "internal.cluster.execution-mode",
        "jobmanager.bind-host",
        "jobmanager.rpc.address",
        "kubernetes.internal.jobmanager.entrypoint.class",
        "rest.bind-address",
        "taskmanager.bind-host",
        "taskmanager.host",
    ]
    assert set(found) == {ChangeClass.NOTHING, ChangeClass.JOB_MANAGER_RESTARTS}
    assert len(impossible) < 100
