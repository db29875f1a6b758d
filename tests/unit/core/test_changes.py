"""What a change means: its class, the jobs' fate, the chain of causes; and that the documentation says so."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flink_session.deployment.argument_rules import RULES
from flink_session.deployment.changes import (
    HIDDEN,
    ChangeClass,
    JobsFate,
    SessionChange,
    change_of_arguments,
    change_of_objects,
    change_of_option,
)
from flink_session.deployment.planning import plan
from flink_session.deployment.settings import GROUPS
from flink_session.kubernetes.manifests import Manifest, with_value_at

ROOT = Path(__file__).resolve().parents[3]
BASE: dict[str, Any] = {"cluster_id": "demo"}
HIGH_AVAILABILITY = {"high-availability.type": "kubernetes", "high-availability.storageDir": "file:///ha"}


def no_file(path: str) -> bytes:
    raise FileNotFoundError(path)


def changed(after: dict[str, Any], before: dict[str, Any] = BASE, **more: Any) -> SessionChange:
    return change_of_arguments(before, {**before, **after}, no_file, **more)


def objects(**args: Any) -> list[Manifest]:
    return copy.deepcopy(list(plan({**BASE, **args}, no_file)[1].objects()))


def altered(kind: str, path: tuple[str | int, ...], value: object, name: str = "") -> tuple[list[Manifest], Any]:
    """Give the objects, and the same with another value in one of them."""
    before = objects()
    match = next(item for item in before if item["kind"] == kind and name in item["metadata"]["name"])
    return before, [with_value_at(item, path, value) if item is match else item for item in before]


OTHERWISE: dict[str, object] = {
    "cluster_id": "other",
    "namespace": "other",
    "flink_version": "2.1",
    "image": "registry/flink:2.2.1",
    "image_pull_policy": "Always",
    "image_pull_secrets": ["registry"],
    "service_account": "theirs",
    "pod_security": "none",
    "owner_reference_permission": True,
    "job_manager.cpu": 2,
    "job_manager.memory": "2Gi",
    "job_manager.pod_template": {"spec": {"priorityClassName": "system-node-critical"}},
    "job_manager.node_selector": {"disk": "ssd"},
    "job_manager.tolerations": [{"key": "a", "operator": "Exists"}],
    "job_manager.priority_class": "high",
    "job_manager.topology_spread": ["topology.kubernetes.io/zone"],
    "task_manager.cpu": 2,
    "task_manager.memory": "2Gi",
    "task_manager.slots": 2,
    "task_manager.min_slots": 2,
    "task_manager.max_slots": 20,
    "task_manager.idle_timeout": "90s",
    "task_manager.pod_template": {"spec": {"priorityClassName": "system-node-critical"}},
    "task_manager.node_selector": {"disk": "ssd"},
    "task_manager.tolerations": [{"key": "a", "operator": "Exists"}],
    "high_availability.storage_dir": "file:///ha",
    "high_availability.replicas": 2,
    "ha_data": "delete",
    "suspended": True,
    "adopt": True,
    "additions.configuration_checksum": False,
    "additions.readiness_probe": False,
    "additions.startup_probe": False,
    "additions.recreate_strategy": False,
    "additions.access": False,
    "additions.blob_server_address": False,
    "additions.session_affinity": False,
    "additions.shared_uploads": False,
    "task_manager.priority_class": "high",
    "task_manager.topology_spread": ["topology.kubernetes.io/zone"],
    "service_account_annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/flink"},
    "state_storage": "s3://bucket/flink",
    "plugins": ["gs-fs-hadoop"],
    "secrets": {"PASSWORD": "correct horse battery staple"},
    "secrets_restart": False,
    "metrics.port": 9250,
    "metrics.annotations": False,
    "metrics.pod_monitor": True,
    "metrics.pod_monitor_labels": {"release": "prometheus"},
    "pod_disruption_budget": False,
    "tls.certificate": "session-tls",
    "network_policy.clients": [{"podSelector": {}}],
    "network_policy.scrapers": [{"podSelector": {}}],
    "network_policy.destinations": [{"podSelector": {}}],
    "network_policy.api_server": ["192.0.2.1/32"],
    "expose.type": "LoadBalancer",
    "expose.host": "other.example.org",
    "expose.path": "/flink",
    "expose.ingress_class": "other",
    "expose.certificate": "host-tls",
    "expose.gateway": "gateways/other",
    "expose.annotations": {"example.org/a": "b"},
    "expose.auth_proxy": False,
    "expose.unprotected": True,
    "tls.client_authentication": True,
    "rest_service_exposed_type": "NodePort",
    "rest_service_node_address": "192.0.2.1",
    "configuration": {"parallelism.default": 2},
    "log_configuration": {"log4j-console.properties": "monitorInterval=30\n"},
    "logging.levels": {"org.apache.flink": "DEBUG"},
    "pod_template": {"spec": {"priorityClassName": "system-node-critical"}},
    "hadoop_configuration": {"core-site.xml": "<configuration/>"},
    "delete_guard": True,
    "allow_job_loss": True,
    "ready_timeout": "5m",
}
"""Each argument with another value than its default."""
STORAGE = {"storage_dir": "file:///ha"}
INGRESS = {"type": "Ingress", "host": "flink.example.org", "ingress_class": "nginx", "auth_proxy": True}
SHARED_VOLUME = {
    "spec": {
        "containers": [{"name": "flink-main-container", "volumeMounts": [{"name": "ha", "mountPath": "/ha"}]}],
        "volumes": [{"name": "ha", "persistentVolumeClaim": {"claimName": "ha"}}],
    }
}
BESIDE: dict[str, dict[str, Any]] = {
    "high_availability.replicas": {"high_availability": STORAGE},
    "ha_data": {"high_availability": STORAGE},
    "additions.blob_server_address": {"high_availability": {**STORAGE, "replicas": 2}},
    "additions.session_affinity": {"high_availability": {**STORAGE, "replicas": 2}},
    "additions.shared_uploads": {"high_availability": {**STORAGE, "replicas": 2}, "pod_template": SHARED_VOLUME},
    "secrets_restart": {"secrets": {"PASSWORD": "correct horse battery staple"}},
    "metrics.annotations": {"metrics": {}},
    "metrics.pod_monitor": {"metrics": {}},
    "metrics.pod_monitor_labels": {"metrics": {"pod_monitor": True}},
    "expose.type": {"expose": {"type": "NodePort", "unprotected": True}},
    **{
        f"expose.{name}": {"expose": INGRESS}
        for name in ("host", "path", "ingress_class", "certificate", "annotations", "unprotected")
    },
    "expose.auth_proxy": {"expose": {**INGRESS, "unprotected": True}},
    "expose.gateway": {
        "expose": {"type": "HTTPRoute", "host": "flink.example.org", "gateway": "public", "auth_proxy": True}
    },
    "network_policy.clients": {"network_policy": {}},
    "network_policy.scrapers": {"network_policy": {}, "metrics": {}},
    "network_policy.destinations": {"network_policy": {}},
    "network_policy.api_server": {"network_policy": {"destinations": []}},
    "tls.client_authentication": {"tls": {"certificate": "session-tls"}},
    "pod_disruption_budget": {"high_availability": {**STORAGE, "replicas": 2}},
}
"""What some arguments mean nothing without."""


def documented() -> Iterator[tuple[str, str]]:
    table = (ROOT / "docs/component.md").read_text().partition("## Arguments")[2].partition("\n\n*A change*")[0]
    for row in re.findall(r"^\| (`.*) \|$", table, re.MULTILINE):
        names, *_, change = row.split(" | ")
        yield from ((name, change) for name in re.findall(r"`([^`]+)`", names))


def test_each_argument_is_documented_with_what_its_change_does() -> None:
    arguments = RULES.keys() - GROUPS.keys()
    assert dict(documented()).keys() == arguments == OTHERWISE.keys(), "add the argument to both tables"


@pytest.mark.parametrize(("name", "change"), list(documented()))
def test_what_is_documented_of_a_change_is_so(name: str, change: str) -> None:
    role, _, field = name.rpartition(".")
    before = {**BASE, **BESIDE.get(name, {})}
    after = {role: {**before.get(role, {}), field: OTHERWISE[name]}} if role else {name: OTHERWISE[name]}
    assert changed(after, before).summary == change


def test_the_chain_of_causes_leads_from_each_input_to_its_effect() -> None:
    change = changed({"task_manager": {"slots": 2}, "owner_reference_permission": True, "ready_timeout": "5m"})
    slots, right, wait = change.causes
    assert str(slots.inputs[0]) == "task_manager.slots not set → 2"
    places = [(effect.kind, effect.path[-1], effect.change_class) for effect in slots.effects]
    checksum = "flink-session/configuration-checksum"
    assert places == [
        ("ConfigMap", "config.yaml", ChangeClass.NEW_TASK_MANAGERS),
        ("Deployment", checksum, ChangeClass.JOB_MANAGER_RESTARTS),
    ]
    assert [effect.kind for effect in right.effects] == ["Role"]
    assert right.change_class is ChangeClass.OBJECTS_ONLY
    assert wait.effects == ()
    assert [(option.key, option.after, option.given) for option in change.options] == [
        ("taskmanager.numberOfTaskSlots", 2, False)
    ]


def test_inputs_that_are_only_possible_together_share_a_cause_or_are_told_by_what_stays() -> None:
    change = changed({"configuration": HIGH_AVAILABILITY})
    named = {item.name for cause in change.causes for item in cause.inputs}
    assert named == set(HIGH_AVAILABILITY)
    assert change.change_class is ChangeClass.JOB_MANAGER_RESTARTS
    assert ("Service", "demo", "delete") in {(item.kind, item.name, item.operation) for item in change.objects}


@pytest.mark.parametrize(
    ("before", "after", "fate"),
    [
        ({}, {"job_manager": {"cpu": 2}}, JobsFate.LOST),
        (HIGH_AVAILABILITY, {"job_manager": {"cpu": 2}}, JobsFate.RECOVERED),
        (HIGH_AVAILABILITY, {"ready_timeout": "5m"}, JobsFate.UNTOUCHED),
        (HIGH_AVAILABILITY, {"cluster_id": "other"}, JobsFate.LOST),
        (HIGH_AVAILABILITY, {"configuration": {}}, JobsFate.LOST),
        ({}, {"configuration": HIGH_AVAILABILITY}, JobsFate.LOST),
        (
            HIGH_AVAILABILITY,
            {"configuration": {**HIGH_AVAILABILITY, "high-availability.storageDir": "file:///b"}},
            JobsFate.LOST,
        ),
    ],
)
def test_jobs_come_back_where_the_new_job_manager_finds_what_the_old_one_stored(
    before: dict[str, Any], after: dict[str, Any], fate: JobsFate
) -> None:
    assert changed(after, {**BASE, "configuration": before}).jobs is fate


def test_a_session_that_comes_and_goes() -> None:
    assert change_of_objects([], objects()).change_class is ChangeClass.SESSION_CREATED
    gone = change_of_objects(objects(), [])
    assert (gone.change_class, gone.jobs) == (ChangeClass.SESSION_DELETED, JobsFate.LOST)
    assert change_of_objects(objects(), objects()).change_class is ChangeClass.NOTHING


LOG4J = ("data", "log4j-console.properties")


@pytest.mark.parametrize(
    ("kind", "path", "value", "name", "change_class"),
    [
        ("Deployment", ("spec", "replicas"), 0, "", ChangeClass.SESSION_SUSPENDED),
        ("Deployment", ("spec", "replicas"), 2, "", ChangeClass.OBJECTS_ONLY),
        ("Deployment", ("spec", "strategy"), {"type": "RollingUpdate"}, "", ChangeClass.OBJECTS_ONLY),
        ("Deployment", ("spec", "template", "metadata", "labels", "a"), "b", "", ChangeClass.JOB_MANAGER_RESTARTS),
        ("Deployment", ("spec", "selector", "matchLabels", "a"), "b", "", ChangeClass.SESSION_REPLACED),
        ("ConfigMap", ("data", "config.yaml"), "a: b", "flink-config", ChangeClass.NEW_TASK_MANAGERS),
        ("ConfigMap", LOG4J, "", "flink-config", ChangeClass.CONFIG_MAP_ONLY),
        ("ConfigMap", ("data", "x"), "", "pod-template", ChangeClass.CONFIG_MAP_ONLY),
        ("ConfigMap", ("metadata", "labels", "a"), "b", "flink-config", ChangeClass.OBJECTS_ONLY),
        ("Service", ("spec", "type"), "NodePort", "-rest", ChangeClass.REST_ACCESS),
        ("Role", ("rules",), [], "", ChangeClass.OBJECTS_ONLY),
    ],
)
def test_the_class_of_a_field(
    kind: str, path: tuple[str | int, ...], value: object, name: str, change_class: ChangeClass
) -> None:
    assert change_of_objects(*altered(kind, path, value, name)).change_class is change_class


def test_a_suspended_session_has_nothing_that_restarts() -> None:
    before, suspended = altered("Deployment", ("spec", "replicas"), 0)
    assert change_of_objects(suspended, before).change_class is ChangeClass.SESSION_RESUMED
    index = next(index for index, item in enumerate(suspended) if item["kind"] == "Deployment")
    other = list(suspended)
    other[index] = with_value_at(suspended[index], ("spec", "template", "metadata", "labels", "a"), "b")
    assert change_of_objects(suspended, other).change_class is ChangeClass.OBJECTS_ONLY


def test_a_log_file_that_nobody_watches_waits_for_the_next_start() -> None:
    before, after = altered("ConfigMap", LOG4J, "", "flink-config")
    assert "again by themselves" in change_of_objects(before, after).causes[0].effects[0].text
    assert "at their next start" in change_of_objects(after, before).causes[0].effects[0].text


def test_config_maps_are_replaced_unless_they_are_mutable() -> None:
    after = {"job_manager": {"cpu": 2}}
    operations = {item.kind: item.operation for item in changed(after).objects}
    assert operations == {"ConfigMap": "replace", "Deployment": "update"}
    operations = {item.kind: item.operation for item in changed(after, mutable=("ConfigMap",)).objects}
    assert operations == {"ConfigMap": "update", "Deployment": "update"}


def test_the_contents_of_secrets_are_shown_nowhere() -> None:
    def secret(value: str) -> Manifest:
        return {"kind": "Secret", "metadata": {"name": "kerberos-keytab-demo"}, "data": {"keytab": value}}

    change = change_of_objects([*objects(), secret("b25l")], [*objects(), secret("dHdv")])
    (field,) = change.objects[0].fields
    assert (field.path, field.before, field.after) == (("data", "keytab"), HIDDEN, HIDDEN)


def test_the_class_of_an_option_by_its_name() -> None:
    classes = {
        key: change.change_class
        for key in ("parallelism.default", "rest.bind-address", "metrics.reporter.<name>.factory.class")
        if (change := change_of_option(key, BASE, no_file))
    }
    assert classes["parallelism.default"] is ChangeClass.JOB_MANAGER_RESTARTS
    assert classes["rest.bind-address"] is ChangeClass.NOTHING
    assert change_of_option("kubernetes.cluster-id", BASE, no_file) is None


def test_no_secret_is_in_what_is_said_of_its_change() -> None:
    change = changed({"secrets": {"PASSWORD": "hunter22"}}, {**BASE, "secrets": {"PASSWORD": "hunter11"}})
    assert change.change_class is ChangeClass.JOB_MANAGER_RESTARTS
    assert change.causes[0].inputs[0].name == "secrets"
    assert "hunter" not in f"{change}{change.causes[0]}"
