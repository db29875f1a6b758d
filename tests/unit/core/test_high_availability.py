"""High availability as an argument, several JobManagers that serve, and what becomes of jobs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flink_session.deployment import Extensions, SessionCluster
from flink_session.deployment.session_cluster_options import HighAvailability
from tests.unit.core.test_session import S3, findings, main_container, plan

VOLUME = {"spec": {"volumes": [{"name": "ha", "persistentVolumeClaim": {"claimName": "ha"}}]}}
MOUNT = {"name": "flink-main-container", "volumeMounts": [{"name": "ha", "mountPath": "/ha"}]}
SHARED: dict[str, Any] = {
    "high_availability": HighAvailability(given=True, storage_dir="file:///ha/flink", replicas=2),
    "pod_template": {"spec": {**VOLUME["spec"], "containers": [MOUNT]}},
}


def on_s3(**options: Any) -> SessionCluster:
    high_availability = HighAvailability(given=True, storage_dir="s3://b/ha", replicas=2)
    return plan(**{"configuration": S3, "high_availability": high_availability, **options})


def test_the_argument_stands_for_the_keys() -> None:
    keys = {
        "high-availability.type": "kubernetes",
        "high-availability.storageDir": "s3://b/ha",
        "kubernetes.jobmanager.replicas": 2,
    }
    assert on_s3().objects() == plan(configuration={**S3, **keys}).objects()
    assert on_s3().warnings == ()
    twice = HighAvailability(given=True, storage_dir="s3://b/ha")
    of_type, of_storage = findings(configuration=S3 | keys, high_availability=twice)
    assert "keep high_availability and remove high-availability.type" in of_type
    assert "keep high_availability.storage_dir and remove high-availability.storageDir" in of_storage


def test_without_storage_it_is_refused_by_the_arguments_name() -> None:
    (finding,) = findings(high_availability=HighAvailability(given=True))
    assert finding.startswith("high_availability.storage_dir must be set with high availability")
    storage = {"high-availability.storageDir": "s3://b/ha", **S3}
    assert plan(high_availability=HighAvailability(given=True), configuration=storage).internal_service is None


@pytest.mark.parametrize(("version", "bound"), [("1.20", False), ("2.1", False), ("2.2", True), ("2.3", True)])
def test_a_standby_finds_the_leaders_blob_server(version: str, bound: bool) -> None:
    keys = {"kubernetes.jobmanager.entrypoint.args": "-Dweb.timeout=1000"}
    command = main_container(plan(**SHARED, flink_version=version, configuration=keys))["args"][-1]
    argument = "-Djobmanager.bind-host=${_POD_IP_ADDRESS} " if bound else ""
    assert command == f"kubernetes-jobmanager.sh kubernetes-session {argument}-Dweb.timeout=1000"


def test_a_client_comes_to_the_same_job_manager() -> None:
    assert on_s3().rest_service["spec"]["sessionAffinity"] == "ClientIP"
    headless = on_s3(rest_service_exposed_type="Headless_ClusterIP")
    assert "sessionAffinity" not in headless.rest_service["spec"]
    (warning,) = headless.warnings
    assert warning.key == "high_availability.replicas"
    assert "half of all submissions" in warning.rule


def test_uploads_are_shared_where_the_storage_is_a_volume() -> None:
    assert plan(**SHARED).effective_configuration["web.upload.dir"] == "/ha/flink/web-upload/demo"
    assert plan(**SHARED, rest_service_exposed_type="Headless_ClusterIP").warnings == ()
    own = plan(**SHARED, configuration={"web.upload.dir": "/ha/mine"})
    assert own.effective_configuration["web.upload.dir"] == "/ha/mine"
    assert "web.upload.dir" not in on_s3().effective_configuration


def test_one_job_manager_needs_none_of_it() -> None:
    one = {**SHARED, "high_availability": HighAvailability(given=True, storage_dir="file:///ha/flink")}
    off = replace(Extensions(), blob_server_address=False, session_affinity=False, shared_uploads=False)
    assert plan(**one).objects() == plan(**one, extensions=off).objects()
    with_two = plan(**SHARED, extensions=off)
    assert "bind-host" not in str(with_two.objects())
    assert "sessionAffinity" not in str(with_two.objects())
    assert "half of all submissions" in with_two.warnings[0].rule


def test_a_suspended_session_has_no_job_manager_and_all_else() -> None:
    suspended, running = on_s3(suspended=True), on_s3()
    assert suspended.deployment["spec"].pop("replicas") == 0
    assert running.deployment["spec"].pop("replicas") == 2
    assert suspended.objects() == running.objects()
    assert "go on from their last checkpoint" in suspended.notices[0]
    assert [warning.key for warning in suspended.warnings] == []
    (warning,) = plan(suspended=True).warnings
    assert (warning.key, warning.severity) == ("suspended", "warning")
    assert "loses all jobs" in warning.rule


def test_what_becomes_of_the_config_maps_is_said() -> None:
    assert plan().notices == ()
    (kept,) = on_s3().notices
    assert "demo-cluster-config-map and those of its jobs stay" in kept
    (deleted,) = on_s3(ha_data="delete").notices
    assert "are deleted" in deleted
    assert on_s3(ha_data="delete").deletes_ha_data
    (refused,) = findings(ha_data="delete")
    assert refused.startswith("ha_data is 'delete', but it must be keep where no high availability keeps")
