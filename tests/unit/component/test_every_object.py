"""What decorators and extensions make is planned, and registered: no object is lost between the core and Pulumi."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from flink_session import FlinkSessionCluster
from flink_session.deployment import SessionCluster
from flink_session.deployment.planning import plan
from flink_session.kubernetes.manifests import Manifest
from tests.support.recording_monitor import record

FOLDER = "<folder>"
HIGH_AVAILABILITY = {
    "high-availability.type": "kubernetes",
    "high-availability.storageDir": "s3://bucket/ha",
    "containerized.master.env.ENABLE_BUILT_IN_PLUGINS": "flink-s3-fs-hadoop-2.2.1.jar",
    "containerized.taskmanager.env.ENABLE_BUILT_IN_PLUGINS": "flink-s3-fs-hadoop-2.2.1.jar",
}
KERBEROS = {
    "security.kerberos.login.keytab": f"{FOLDER}/my.keytab",
    "security.kerberos.login.principal": "me",
    "security.kerberos.krb5-conf.path": f"{FOLDER}/krb5.conf",
}


def identities(objects: Any) -> list[tuple[str, str]]:
    return sorted((item["kind"], item["metadata"]["name"]) for item in objects)


def planned(args: Mapping[str, Any]) -> SessionCluster:
    return plan(args, lambda path: Path(path).read_bytes())[1]


def registered(args: Any) -> list[Manifest]:
    """Give the objects behind the children of the component."""

    def program() -> dict[str, Any]:
        FlinkSessionCluster("demo", args)
        return {}

    recording = record(program)
    return [
        {"kind": request.type.rpartition(":")[2], "metadata": recording.inputs(name)["metadata"]}
        for name, request in recording.requests.items()
        if request.type.startswith("kubernetes:")
    ]


PUBLIC = {"host": "flink.example.org", "unprotected": True}


@pytest.mark.parametrize(
    "args",
    [
        {},
        {"service_account": "theirs"},
        {"configuration": HIGH_AVAILABILITY},
        {"configuration": KERBEROS, "hadoop_configuration": {"core-site.xml": "<x/>"}, "pod_template": {"spec": {}}},
        {"configuration": {"kubernetes.hostnetwork.enabled": True}},
        {"rest_service_exposed_type": "LoadBalancer"},
        {
            "high_availability": {"storage_dir": "hdfs:///ha", "replicas": 2},
            "image": "mine/flink:1",
            "metrics": {"pod_monitor": True},
            "secrets": {"A": "correct horse battery staple"},
        },
        {"expose": {"type": "Ingress", "ingress_class": "nginx", "path": "/a", **PUBLIC}},
        {"expose": {"type": "HTTPRoute", "gateway": "public", **PUBLIC}},
        {"network_policy": {}},
        {"pod_security": "none", "task_manager": {"priority_class": "low"}, "secrets": {"A": {"secret": "theirs"}}},
    ],
    ids=[
        "plain",
        "account",
        "high-availability",
        "files",
        "host-network",
        "load-balancer",
        "everything",
        "ingress",
        "route",
        "policies",
        "references",
    ],
)
def test_every_object_of_the_core_is_registered(args: Mapping[str, Any], tmp_path: Path) -> None:
    for name in ("my.keytab", "krb5.conf"):
        (tmp_path / name).write_text("text")
    configuration = {
        key: value.replace(FOLDER, str(tmp_path)) if isinstance(value, str) else value
        for key, value in args.get("configuration", {}).items()
    }
    whole = {"cluster_id": "demo", **args, "configuration": configuration}
    plan = planned(whole)
    made = identities(plan.specification.objects)
    assert identities(plan.objects()) == made
    assert identities(registered(whole)) == made


def test_an_ingress_waits_for_the_service_and_nothing_waits_for_it() -> None:
    args: Any = {"cluster_id": "demo", "expose": {"type": "Ingress", **PUBLIC}}

    def program() -> dict[str, Any]:
        FlinkSessionCluster("demo", args)
        return {}

    requests = record(program).requests
    assert any("demo-rest" in urn for urn in requests["demo-ingress"].dependencies)
    assert not any("demo-ingress" in urn for request in requests.values() for urn in request.dependencies)
    kinds = [item["kind"] for item in planned(args).objects()]
    assert kinds.index("Ingress") == len(kinds) - 1
