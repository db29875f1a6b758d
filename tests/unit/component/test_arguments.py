"""What is said of a component's arguments: every fault at once, in sentences with name, value, rule and way out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from flink_session.configuration import Finding, IllegalConfigurationError
from flink_session.deployment.argument_names import advice_on
from flink_session.deployment.argument_rules import RULES, argument_called
from flink_session.deployment.planning import faults, plan
from flink_session.deployment.settings import (
    GROUPS,
    FlinkSessionClusterSettings,
    JobManagerSettings,
    by_field_name,
)
from flink_session.deployment.stack_settings import settings_of_stack


def no_file(path: str) -> bytes:
    raise FileNotFoundError(path)


def said(args: dict[Any, Any], unknown: tuple[str, ...] = ()) -> list[Finding]:
    given, twice = by_field_name(args)
    return list(faults(given, no_file, unknown=unknown, known=twice)[1].findings)


def of_stack(values: dict[str, str], *secret: str) -> FlinkSessionClusterSettings:
    full = {f"p:{key}": value for key, value in values.items()}
    return settings_of_stack(full, [f"p:{key}" for key in secret], "p", "stacks/Pulumi.dev.yaml", no_file)


def refused_of_stack(values: dict[str, str], *secret: str) -> list[str]:
    with pytest.raises(IllegalConfigurationError) as raised:
        of_stack(values, *secret)
    return list(map(str, raised.value.findings))


WRONG = {
    "cluster_id": 5,
    "namespace": ["x"],
    "flink_version": True,
    "image": 5,
    "image_pull_policy": True,
    "image_pull_secrets": "registry",
    "service_account": {"a": "b"},
    "pod_security": "baseline",
    "owner_reference_permission": "maybe",
    "service_account_annotations": ["role"],
    "state_storage": ["s3://bucket"],
    "plugins": {"s3": 1},
    "secrets": ["hunter2"],
    "secrets_restart": ["soon"],
    "metrics": ["prometheus"],
    "pod_disruption_budget": 2.5,
    "tls": "session-tls",
    "network_policy": "deny",
    "expose": "Ingress",
    "job_manager": "2Gi",
    "task_manager": 2,
    "high_availability": "s3://bucket/ha",
    "ha_data": "remove",
    "suspended": "maybe",
    "adopt": "maybe",
    "additions": ["access"],
    "rest_service_exposed_type": 4,
    "rest_service_node_address": 10.5,
    "configuration": "rest.port: 8081",
    "log_configuration": ["a"],
    "logging": "DEBUG",
    "pod_template": 3,
    "hadoop_configuration": "x",
    "delete_guard": "maybe",
    "allow_job_loss": "maybe",
    "ready_timeout": "soon",
}
WRONG_OF_A_ROLE = {
    "job_manager.cpu": True,
    "job_manager.memory": [1],
    "job_manager.pod_template": False,
    "job_manager.node_selector": ["ssd"],
    "job_manager.tolerations": {"key": "dedicated"},
    "job_manager.priority_class": ["high"],
    "job_manager.topology_spread": {"zone": 1},
    "task_manager.cpu": "many",
    "task_manager.memory": "2048m",
    "task_manager.slots": "two",
    "task_manager.min_slots": "few",
    "task_manager.max_slots": 1.5,
    "task_manager.idle_timeout": "60",
    "task_manager.node_selector": ["ssd"],
    "task_manager.tolerations": {"key": "dedicated"},
    "task_manager.priority_class": ["high"],
    "task_manager.topology_spread": {"zone": 1},
    "additions.configuration_checksum": "maybe",
    "additions.readiness_probe": "maybe",
    "additions.startup_probe": "maybe",
    "additions.recreate_strategy": "maybe",
    "additions.access": "maybe",
    "additions.blob_server_address": "maybe",
    "additions.session_affinity": "maybe",
    "additions.shared_uploads": "maybe",
    "metrics.port": "many",
    "metrics.annotations": "some",
    "metrics.pod_monitor": "perhaps",
    "metrics.pod_monitor_labels": ["prometheus"],
    "expose.type": "Route",
    "expose.host": ["flink"],
    "expose.path": ["/"],
    "expose.ingress_class": ["nginx"],
    "expose.certificate": ["host-tls"],
    "expose.gateway": ["public"],
    "expose.annotations": ["a"],
    "expose.auth_proxy": "some",
    "expose.unprotected": "perhaps",
    "network_policy.clients": {"podSelector": {}},
    "network_policy.scrapers": {"app": "prometheus"},
    "network_policy.destinations": {"app": "s3"},
    "network_policy.api_server": {"cidr": "192.0.2.1/32"},
    "tls.certificate": ["session-tls"],
    "tls.client_authentication": "some",
    "task_manager.pod_template": 1.5,
    "high_availability.storage_dir": ["hdfs:///ha"],
    "high_availability.replicas": "two",
    "logging.levels": "DEBUG",
}


def test_every_argument_has_its_rule() -> None:
    fields = set(FlinkSessionClusterSettings.model_fields)
    fields |= {f"{role}.{field}" for role, model in GROUPS.items() for field in model.model_fields}
    assert set(RULES) == fields == set(WRONG) | set(WRONG_OF_A_ROLE)
    assert {argument_called(to_camel(name)) for name in WRONG} == set(WRONG)


@pytest.mark.parametrize(("name", "value"), [*WRONG.items(), *WRONG_OF_A_ROLE.items()])
def test_a_wrong_value_is_one_sentence_with_name_rule_and_way_out(name: str, value: Any) -> None:
    role, _, field = name.rpartition(".")
    args = {"cluster_id": "demo", **({role: {field: value}} if role else {name: value})}
    if role == "high_availability":
        args[role] = {"storage_dir": "hdfs:///ha", **args[role]}
        args["image"] = "own:1"  # where that file system may be
    if role == "expose":
        args[role] = {"type": "HTTPRoute", "host": "a.b", "gateway": "g", "auth_proxy": True, **args[role]}
        if field in ("ingress_class", "certificate", "auth_proxy"):
            args[role] |= {"type": "Ingress", "unprotected": True, "gateway": None}
    if role == "tls":
        args[role] = {"certificate": "session-tls", **args[role]}
    errors = [finding for finding in said(args) if finding.severity == "error"]
    assert [finding.key for finding in errors] == [name]
    sentence = str(errors[0])
    assert " must be " in sentence
    assert re.search(r": (write|name|give) .+\.$", sentence) or "Flink reads" in sentence
    # pydantic's own words, and its types
    for leaked in ("Input", "should", "valid", "pydantic", "String", "dict[", "type="):
        assert leaked not in sentence, sentence
    if isinstance(value, (str, int, float)) and name not in (*GROUPS, "image_pull_secrets"):
        shown = {True: "true", False: "false"}.get(value, repr(value)) if isinstance(value, bool) else repr(value)
        text_of_more = name.endswith(("template", "levels", "configuration"))
        assert (f"{name} is {shown}" in sentence) is not text_of_more, sentence


def test_all_wrong_values_come_together() -> None:
    roles: dict[str, dict[str, Any]] = {group: {} for group in GROUPS}
    for name, value in WRONG_OF_A_ROLE.items():
        role, _, field = name.partition(".")
        roles[role][field] = value
    errors = [finding.key for finding in said({**WRONG, **roles}) if finding.severity == "error"]
    assert sorted(errors) == sorted((WRONG.keys() | WRONG_OF_A_ROLE.keys()) - roles.keys())


def test_no_round_hides_another() -> None:
    found = {
        finding.key: finding.severity
        for finding in said(
            {
                "clusterId": "Demo",
                "namespce": "flink",
                "job_manager": {"memory": "2048m", "cores": 2},
                "task_manager": {"slots": "two"},
                "ready_timeout": "soon",
                "pod_template": "none.yaml",
                "log_configuration": {"log4j.xml": ""},
                "configuration": {
                    "my.own": None,
                    "rest.port": "abc",
                    "kubernetes.service.exposed.type": "NodePort",
                    "kubernetes.jobmanager.replicas": 0,
                    "kubernetes.jobmanager.labels": {"a b": "c"},
                    "restart-strategy": "fixed-delay",
                    "restart-strategy.fixed-delay.attempts": 3,
                    "s3.secret-key": "hunter2",
                    "high-availability.type": "kubernetes",
                    "image": "mine:1",
                },
            }
        )
    }
    assert found == {
        "cluster_id": "error",
        "namespce": "error",
        "job_manager.memory": "error",
        "job_manager.cores": "error",
        "task_manager.slots": "error",
        "ready_timeout": "error",
        "pod_template": "error",
        "log_configuration, log4j.xml": "error",
        "my.own": "error",
        "rest.port": "error",
        "kubernetes.service.exposed.type": "warning",
        "kubernetes.jobmanager.replicas": "error",
        "kubernetes.jobmanager.labels, a b": "error",
        "restart-strategy": "error",
        "s3.secret-key": "error",
        "high-availability.storageDir": "error",
        "image": "warning",
    }


@pytest.mark.parametrize(
    ("args", "only"),
    [
        # What depends on the wrong argument may be right once that is mended.
        ({"task_manager": {"memory": "2048m"}, "configuration": {"taskmanager.memory.managed.size": "8g"}}, "memory"),
        ({"flink_version": "9.9", "configuration": {"kubernetes.persistent-volume-claims": "a:/b"}}, "flink_version"),
        ({"task_manager": {"slots": "two"}, "configuration": {"slotmanager.number-of-slots.max": 3}}, "slots"),
        ({"image": 5, "configuration": {"execution.checkpointing.dir": "s3://b/c"}}, "image"),
        ({"cluster_id": " "}, "cluster_id"),
        ({"configuration": {"high-availability.type": None, "kubernetes.jobmanager.replicas": 2}}, "type"),
        ({"configuration": {"high-availability": {"type": "kubernetes", "storageDir": None}}}, "storageDir"),
    ],
)
def test_what_may_only_follow_from_a_fault_is_not_said(args: dict[str, Any], only: str) -> None:
    errors = [finding for finding in said({"cluster_id": "demo", **args}) if finding.severity == "error"]
    assert len(errors) == 1
    assert errors[0].key.endswith(only)


@pytest.mark.parametrize(
    ("args", "unknown", "keys"),
    [
        ({"namespace": "X"}, ("image",), ["namespace"]),
        ({"configuration": {"rest.port": "abc"}}, ("namespace",), ["rest.port"]),
        ({"configuration": {"rest.port": "abc"}}, ("configuration",), ["rest.port"]),
        ({"configuration": {"high-availability.type": "kubernetes"}}, ("configuration",), []),
        ({"configuration": {"high-availability.type": "kubernetes"}}, ("image",), ["high-availability.storageDir"]),
        ({"configuration": {"kubernetes.namespace": "x"}}, ("namespace",), ["kubernetes.namespace"]),
        ({"configuration": {"taskmanager.memory.managed.size": "8g"}}, ("task_manager.memory",), []),
        ({"configuration": {"taskmanager.memory.managed.size": "8g"}}, ("task_manager",), []),
        (
            {"configuration": {"taskmanager.memory.managed.size": "8g"}},
            ("job_manager",),
            ["taskmanager.memory.process.size"],
        ),
        ({"configuration": {"kubernetes.persistent-volume-claims": "a:/b"}}, ("flink_version",), []),
        ({"image": "flink:1.20"}, ("flink_version",), []),
        ({"state_storage": "file:///state"}, ("pod_template",), []),
        ({"state_storage": "file:///state"}, ("configuration",), []),
        ({"state_storage": "file:///state"}, ("image",), ["state_storage"]),
        ({"state_storage": "s3://bucket/a", "configuration": {"x.y": 1}}, ("image",), []),
        ({"metrics": {"port": 0}}, ("namespace",), ["metrics.port"]),
        ({"plugins": ["s3-fs-native"]}, ("flink_version",), []),
        ({"image": "flink:1.20"}, ("namespace",), ["image"]),
    ],
)
def test_beside_what_is_not_known_yet_only_what_is_certain_is_said(
    args: dict[str, Any], unknown: tuple[str, ...], keys: list[str]
) -> None:
    found = said({"cluster_id": "demo", **args}, unknown)
    assert [finding.key for finding in found if finding.severity == "error"] == keys


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("clusterID", "use 'cluster_id'"),
        ("name", "use 'cluster_id'"),
        ("namespce", "use 'namespace'"),
        ("version", "use 'flink_version'"),
        ("flinkConfiguration", "use 'configuration'"),
        ("imagePullSecret", "use 'image_pull_secrets'"),
        ("exposedType", "use 'rest_service_exposed_type'"),
        ("job_manager_memory", "put memory under job_manager"),
        ("jobManager.memory", "put memory under job_manager"),
        ("memory", "put memory under job_manager or task_manager"),
        ("slots", "put slots under task_manager"),
        ("jobmanager.memory.process.size", "use memory under job_manager"),
        ("kubernetes.cluster-id", "use 'cluster_id'"),
        ("kubernetes.service.exposed.type", "use 'rest_service_exposed_type'"),
        ("parallelism.default", "put it under `configuration`"),
        ("state.backend.type", "put it under `configuration`"),
        ("restart-strategy", "put it under `configuration`"),
        ("s3.endpoint", "put it under `configuration`"),
        ("metrics.reporter.prom.port", "put it under `configuration`, as metrics.reporter.prom.port"),
        ("prometheus", "use 'metrics'"),
        ("priorityClassName", "put priority_class under job_manager or task_manager"),
        ("state.backnd.type", "put state.backend.type under `configuration` if you mean that"),
        ("parallelism", "put parallelism.default under `configuration` if you mean that"),
        ("execution.own.thing", "put it under `configuration`, as all options of Flink"),
        ("volumes", "put it into a pod_template"),
        (
            "env",
            "write containerized.master.env.<NAME> and containerized.taskmanager.env.<NAME> under `configuration`",
        ),
        ("job_manager.cores", "use 'cpu'"),
        ("job_manager.resource", "put cpu and memory under job_manager itself"),
        ("job_manager.replicas", "put replicas under high_availability"),
        ("ha", "use 'high_availability'"),
        ("log_levels", "put levels under logging"),
        ("job_manager.labels", "put it under `configuration`, as kubernetes.jobmanager.labels"),
        ("job_manager.slots", "put slots under task_manager"),
        ("job_manager.image", "put image beside job_manager, not under it"),
        (
            "job_manager.foo",
            f"remove it; the arguments of job_manager are {', '.join(sorted(JobManagerSettings.model_fields))}",
        ),
        ("task_manager.numberOfTaskSlots", "use 'slots'"),
        (
            "task_manager.memory.managed.fraction",
            "put it under `configuration`, as taskmanager.memory.managed.fraction",
        ),
    ],
)
def test_what_an_unknown_argument_is_meant_for(name: str, fix: str) -> None:
    role, dot, field = name.partition(".")
    path = (role, field) if dot and role in GROUPS else (name,)
    assert advice_on(path, "x") == fix


def test_the_keys_of_a_map_say_what_it_is() -> None:
    assert advice_on(("state",), {"backend": {"type": "rocksdb"}}) == "put it under `configuration`"
    assert advice_on(("taskmanager",), {"memory": {"managed.fraction": 0.4}}) == "put it under `configuration`"
    assert advice_on(("taskmanager",), {"slots": 2}) == "use 'task_manager'"


def test_only_what_resembles_nothing_gets_the_list_of_all_arguments() -> None:
    assert "allow_job_loss, cluster_id, configuration" in advice_on(("foo",), "x")


def test_an_argument_among_the_options_is_told_apart() -> None:
    found = said({"cluster_id": "demo", "configuration": {"flinkVersion": "2.1", "job_manager": {"memory": "2Gi"}}})
    assert [(finding.key, finding.severity, finding.fix) for finding in found] == [
        ("flinkVersion", "warning", "put flink_version beside configuration"),
        ("job_manager.memory", "warning", "put job_manager.memory beside configuration"),
    ]


def test_a_cluster_without_a_name_is_told_where_to_put_it() -> None:
    (finding,) = said({})
    assert str(finding) == (
        "cluster_id must be given, since it names the cluster: "
        "add it to the arguments, for example as {'cluster_id': 'my-session'}."
    )
    (text,) = refused_of_stack({})
    assert text == (
        "cluster_id must be given, since it names the cluster: "
        "add p:cluster_id: my-session under config: in stacks/Pulumi.dev.yaml, "
        "or run `flink-session config set cluster_id my-session`."
    )
    # Under another name it is not missing.
    assert [finding.key for finding in said({"name": "demo"})] == ["name"]


def test_numbers_are_shown_as_they_were_given() -> None:
    found = said({"cluster_id": "demo", "ready_timeout": 600, "task_manager": {"memory": 2048.0, "slots": 2.5}})
    assert [finding.value for finding in found if finding.severity == "error"] == [2.5, 600, 2048.0]
    with pytest.raises(IllegalConfigurationError) as raised:
        plan({"cluster_id": "demo", "job_manager": {"memory": 1000}}, no_file)
    assert raised.value.findings[0].value == 1000


def test_no_value_that_may_hold_a_secret_is_shown() -> None:
    text = "s3.secret-key: hunter2"
    args = {"configuration": text, "job_manager": text, "log_configuration": text, "pod_template": ["hunter2"]}
    found = said({"cluster_id": "demo", **args, "hadoop_configuration": {"core-site.xml": ["hunter2"]}})
    assert len(found) >= 5
    assert "hunter2" not in " ".join(map(str, found))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"parallelism.default": 2}', {"parallelism.default": 2}),
        ("{parallelism.default: 2}", {"parallelism.default": 2}),
        ("parallelism.default: 2", {"parallelism.default": 2}),
        (
            "state:\n  backend:\n    type: rocksdb\nrest.port: 8082\n",
            {"state": {"backend": {"type": "rocksdb"}}, "rest.port": 8082},
        ),
        ("a: 010", {"a": 10}),  # YAML 1.2, as in all of Flink's configuration
        ("a: yes", {"a": "yes"}),
    ],
)
def test_maps_in_a_stack_may_be_yaml_or_json(text: str, value: dict[str, Any]) -> None:
    assert of_stack({"cluster_id": "demo", "configuration": text}).configuration == value


def test_other_structured_arguments_in_a_stack_may_be_yaml_too() -> None:
    settings = of_stack(
        {
            "clusterId": "demo",
            "jobManager": "{cpu: 2, memory: 4Gi}",
            "task_manager": "slots: 4\nmemory: 16Gi",
            "image_pull_secrets": "[a, b]",
            "log_configuration": "log4j-console.properties: |\n  rootLogger.level = INFO\n",
        }
    )
    assert (settings.job_manager.cpu, settings.job_manager.memory, settings.task_manager.slots) == (2.0, "4Gi", 4)
    assert settings.image_pull_secrets == ("a", "b")
    assert settings.log_configuration == {"log4j-console.properties": "rootLogger.level = INFO\n"}
    assert of_stack({"cluster_id": "demo", "image_pull_secrets": "- a\n- b\n"}).image_pull_secrets == ("a", "b")


def test_texts_in_a_stack_stay_texts() -> None:
    settings = of_stack(
        {"cluster_id": "demo", "flink_version": "2.0", "image": "a:1", "pod_template": "spec:\n  x: y\n"}
    )
    assert (settings.flink_version, settings.image, settings.pod_template) == ("2.0", "a:1", "spec:\n  x: y\n")


def test_what_is_neither_yaml_nor_json_is_said_with_the_place() -> None:
    (finding,) = refused_of_stack({"cluster_id": "demo", "configuration": "{a: b"})
    assert finding.startswith("configuration must be a map of Flink options, in YAML or JSON (")
    assert "line" in finding
    (finding,) = refused_of_stack({"cluster_id": "demo", "configuration": "a: 1\na: 2"})
    assert "in YAML or JSON (" in finding


def test_a_stack_has_one_round_as_well() -> None:
    found = refused_of_stack(
        {
            "namespce": "x",
            "image": "secret",
            "task_manager": "{slots: two}",
            "configuration": "{rest.port: abc, a: [",
            "hadoop_configuration": "{core-site.xml: 3}",
            "rest_service_exposed_type": "Public",
        },
        "image",
    )
    assert [text.split(" ", 1)[0].rstrip(",") for text in found] == [
        "p:image",
        "configuration",
        "cluster_id",
        "task_manager.slots",
        "hadoop_configuration",
        "namespce",
        "rest_service_exposed_type",
    ]


def test_files_that_cannot_be_read_are_said_with_the_rest(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text("spec: 3")
    args = {
        "cluster_id": "Demo",
        "job_manager": {"pod_template": "none.yaml"},
        "pod_template": str(tmp_path / "pod.yaml"),
    }
    with pytest.raises(IllegalConfigurationError) as raised:
        plan(args, lambda path: Path(path).read_bytes())
    assert {finding.key for finding in raised.value.findings} == {
        "job_manager.pod_template",
        "cluster_id",
        "pod_template",
    }


def test_a_broken_option_does_not_hide_what_is_wrong_with_a_template() -> None:
    template = {"spec": {"restartPolicy": "Never"}}
    args = {"cluster_id": "demo", "pod_template": template, "configuration": {"rest.bind-port": "abc"}}
    keys = {finding.key for finding in said(args) if finding.severity == "error"}
    assert keys == {"rest.bind-port", "pod_template, spec.restartPolicy"}


def test_warnings_are_said_beside_errors() -> None:
    with pytest.raises(IllegalConfigurationError) as raised:
        plan({"cluster_id": "Demo", "configuration": {"env.java.opts.all": "-Dx=y"}}, no_file)
    assert [finding.key for finding in raised.value.findings] == ["cluster_id"]
    assert [finding.key for finding in raised.value.warnings] == ["env.java.opts.all"]


@pytest.mark.parametrize("text", ["v2_2", "flink-2.2", "v2.2", "2.2-java17", "2.2.1-scala_2.12"])
def test_a_version_in_another_spelling_is_read_out(text: str) -> None:
    (finding,) = said({"cluster_id": "demo", "flink_version": text})
    assert finding.fix == "write 2.2"
