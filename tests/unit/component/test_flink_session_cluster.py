"""The component: what it registers, how its children hang together, and what it says of bad arguments."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.runtime.rpc import UNKNOWN
from pydantic.alias_generators import to_camel

from flink_session import FlinkSessionCluster
from flink_session.deployment.settings import FlinkSessionClusterSettings
from flink_session.providers.high_availability_data import HighAvailabilityData, is_of_high_availability
from tests.support.recording_monitor import Recording, record

ACCESS = {"demo-service-account", "demo-role", "demo-role-binding"}
OUTPUTS = (
    "cluster_id",
    "namespace",
    "rest_endpoint",
    "web_interface_url",
    "service_account_name",
    "effective_configuration",
    "task_manager_labels",
    "sizes",
    "flink_run_command",
)


class Later:
    """A value to be wrapped into an Output, which must happen while the program runs."""

    def __init__(self, value: Any, *, secret: bool = False) -> None:
        self.value, self.secret = value, secret

    @staticmethod
    def resolve(value: Any) -> Any:
        if isinstance(value, Later):
            return (pulumi.Output.secret if value.secret else pulumi.Output.from_input)(value.value)
        if isinstance(value, Mapping):
            return {key: Later.resolve(item) for key, item in value.items()}
        return value


def deploy(args: Mapping[str, Any] | None = None, *, preview: bool = False, **more: Any) -> Recording:
    def program() -> dict[str, Any]:
        cluster = FlinkSessionCluster("demo", Later.resolve({"cluster_id": "demo", **(args or {}), **more}))
        return {name: getattr(cluster, name) for name in OUTPUTS}

    return record(program, preview=preview)


def test_the_minimal_cluster_has_flinks_objects_and_an_account_of_its_own() -> None:
    recording = deploy()
    kinds = {name: request.type for name, request in recording.requests.items()}
    assert kinds == {
        "demo": "flink-session:index:FlinkSessionCluster",
        "demo-service-account": "kubernetes:core/v1:ServiceAccount",
        "demo-role": "kubernetes:rbac.authorization.k8s.io/v1:Role",
        "demo-role-binding": "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
        "demo-config": "kubernetes:core/v1:ConfigMap",
        "demo-internal": "kubernetes:core/v1:Service",
        "demo-pod-template": "kubernetes:core/v1:ConfigMap",
        "demo-jobmanager": "kubernetes:apps/v1:Deployment",
        "demo-rest": "kubernetes:core/v1:Service",
    }
    metadata = {name: recording.inputs(name)["metadata"] for name in kinds if name != "demo"}
    assert {name: item["name"] for name, item in metadata.items() if name not in ACCESS} == {
        "demo-config": "flink-config-demo",
        "demo-internal": "demo",
        "demo-pod-template": "pod-template-demo",
        "demo-jobmanager": "demo",
        "demo-rest": "demo-rest",
    }
    assert {item["namespace"] for item in metadata.values()} == {"default"}
    assert all(request.version for name, request in recording.requests.items() if name != "demo")


TEMPLATE = {"spec": {"containers": [{"name": "sidecar", "image": "sidecar:1"}]}}


@pytest.mark.parametrize("form", ["map", "text", "path", "output"])
def test_a_pod_template_is_a_map_or_text_or_a_file(form: str, tmp_path: Path) -> None:
    text = yaml.safe_dump(TEMPLATE, sort_keys=False)
    (tmp_path / "pod.yaml").write_text(text)
    forms: dict[str, Any] = {
        "map": TEMPLATE,
        "text": text,
        "path": str(tmp_path / "pod.yaml"),
        "output": Later(TEMPLATE),
    }
    recording = deploy(pod_template=forms[form])
    containers = recording.inputs("demo-jobmanager")["spec"]["template"]["spec"]["containers"]
    assert [container["name"] for container in containers] == ["sidecar", "flink-main-container"]
    shipped = recording.inputs("demo-pod-template")
    assert shipped["metadata"]["name"] == "pod-template-demo"
    template = yaml.safe_load(shipped["data"]["taskmanager-pod-template.yaml"])
    assert template["spec"]["containers"][:1] == TEMPLATE["spec"]["containers"]
    assert "demo-pod-template" in {
        urn.rpartition("::")[2] for urn in recording.requests["demo-jobmanager"].dependencies
    }


def test_the_file_of_a_pod_template_is_text(tmp_path: Path) -> None:
    file = tmp_path / "pod.yaml"
    file.write_text("spec: {schedulerName: grün}\n", encoding="utf-16")
    recording = deploy(pod_template=str(file))
    assert recording.inputs("demo-jobmanager")["spec"]["template"]["spec"]["schedulerName"] == "grün"
    assert "grün" in recording.inputs("demo-pod-template")["data"]["taskmanager-pod-template.yaml"]
    file.write_text("spec: {schedulerName: grün}\n", encoding="iso-8859-1")
    with pytest.raises(pulumi.RunError, match=r"a file of text in UTF-8 \(line 1 is not: its byte 0xFC is malformed\)"):
        deploy(pod_template=str(file))


def test_each_role_may_have_a_pod_template_of_its_own() -> None:
    recording = deploy(pod_security="none", job_manager={"pod_template": TEMPLATE})
    assert "demo-pod-template" not in recording.requests
    recording = deploy(pod_security="none", pod_template={"spec": {}}, task_manager={"pod_template": TEMPLATE})
    shipped = recording.inputs("demo-pod-template")["data"]["taskmanager-pod-template.yaml"]
    assert yaml.safe_load(shipped) == TEMPLATE


def test_a_changed_template_of_taskmanagers_rolls_the_jobmanager() -> None:
    templates: tuple[dict[str, Any], ...] = (TEMPLATE, {"spec": {}})
    annotations = [
        deploy(task_manager={"pod_template": template}).inputs("demo-jobmanager")["spec"]["template"]["metadata"][
            "annotations"
        ]
        for template in templates
    ]
    assert annotations[0] != annotations[1]


def test_what_is_wrong_with_a_pod_template() -> None:
    with pytest.raises(pulumi.RunError, match=r"task_manager\.pod_template is 'none\.yaml', but it must be the path"):
        deploy(task_manager={"pod_template": "none.yaml"})
    with pytest.raises(pulumi.RunError, match=r"job_manager\.pod_template must be .*spec must be a map"):
        deploy(job_manager={"pod_template": {"spec": 3}})
    conflict = {"kubernetes.pod-template-file": "x"}
    with pytest.raises(pulumi.RunError, match=r"must not be in the configuration beside the argument pod_template"):
        deploy(pod_template=TEMPLATE, configuration=conflict)


def test_hadoop_and_kerberos_bring_objects_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "my.keytab").write_bytes(b"keytab")
    (tmp_path / "krb5.conf").write_text("[libdefaults]")
    configuration = {
        "security.kerberos.login.keytab": str(tmp_path / "my.keytab"),
        "security.kerberos.login.principal": "me",
        "security.kerberos.krb5-conf.path": str(tmp_path / "krb5.conf"),
    }
    recording = deploy(configuration=configuration, hadoop_configuration={"core-site.xml": "<x/>"})
    assert recording.inputs("demo-hadoop-config")["data"] == {"core-site.xml": "<x/>"}
    assert recording.inputs("demo-kerberos-krb5conf")["data"] == {"krb5.conf": "[libdefaults]"}
    secret = recording.requests["demo-kerberos-keytab"]
    assert secret.type == "kubernetes:core/v1:Secret"
    # Pulumi's mark of a secret, so that the state holds it encrypted.
    assert "4dabf18193072939515e22adb298388d" in str(secret.object["data"])


def test_every_child_belongs_to_the_component() -> None:
    recording = deploy()
    parents = {request.parent.rpartition("::")[2] for name, request in recording.requests.items() if name != "demo"}
    assert parents == {"demo"}


@pytest.mark.parametrize("args", [{}, {"image": Later("flink:mine")}], ids=["plain", "outputs"])
def test_no_child_holds_an_output_of_a_sibling(args: dict[str, Any]) -> None:
    """Else replacing the ConfigMap would replace the Deployment, and every TaskManager would die with it."""
    recording = deploy(args)
    held = {
        (name, key)
        for name in recording.requests
        for key, resources in recording.property_dependencies(name).items()
        if resources
    }
    assert held == set()


def test_the_deployment_waits_for_what_its_pod_needs_and_the_rest_service_for_the_deployment() -> None:
    recording = deploy()
    assert recording.dependencies("demo-jobmanager") >= {"demo-config", "demo-service-account", "demo-role-binding"}
    assert recording.dependencies("demo-rest") == {"demo-jobmanager"}
    for before in ("demo-config", "demo-service-account", "demo-role", "demo-role-binding", "demo-internal"):
        assert not recording.dependencies(before) & {"demo-jobmanager", "demo-rest"}


def test_the_jobmanager_is_recreated_and_never_doubled() -> None:
    assert deploy().inputs("demo-jobmanager")["spec"]["strategy"] == {"type": "Recreate"}


def test_a_changed_option_changes_the_pod_template_and_nothing_that_replaces_the_deployment() -> None:
    before, after = (
        deploy(configuration={"taskmanager.numberOfTaskSlots": slots}).inputs("demo-jobmanager") for slots in (1, 2)
    )
    template_before, template_after = before["spec"].pop("template"), after["spec"].pop("template")
    assert before == after
    changed = {
        key
        for key in template_before["metadata"]
        if template_before["metadata"][key] != template_after["metadata"][key]
    }
    assert changed == {"annotations"}
    assert template_before["spec"] == template_after["spec"]


def test_an_account_of_the_user_is_taken_and_no_access_is_made() -> None:
    recording = deploy(service_account="flink")
    assert not recording.requests.keys() & ACCESS
    assert recording.inputs("demo-jobmanager")["spec"]["template"]["spec"]["serviceAccountName"] == "flink"
    assert recording.outputs["service_account_name"] == "flink"


def test_high_availability_has_no_internal_service() -> None:
    availability = {"type": "kubernetes", "storageDir": "s3://bucket/ha"}
    recording = deploy(image="mine/flink:2.2", configuration={"high-availability": availability})
    assert "demo-internal" not in recording.requests
    assert "demo-jobmanager" in recording.requests


def test_outputs() -> None:
    outputs = deploy(namespace="flink", configuration={"rest.port": 8082}).outputs
    effective = outputs.pop("effective_configuration")
    assert effective["kubernetes.cluster-id"] == "demo"
    assert effective["jobmanager.rpc.address"] == "demo.flink"
    assert effective["rest.port"] == "8082"
    account = outputs.pop("service_account_name")
    assert account
    sizes = outputs.pop("sizes")
    assert (sizes["taskManager"]["slots"], sizes["taskManager"]["memoryMiB"]) == (1, 1728)
    command = outputs.pop("flink_run_command")
    assert command == "flink run -t kubernetes-session -Dkubernetes.cluster-id=demo -Dkubernetes.namespace=flink"
    assert outputs == {
        "cluster_id": "demo",
        "namespace": "flink",
        "rest_endpoint": "http://demo-rest.flink:8082",
        "web_interface_url": "http://demo-rest.flink:8082",
        "task_manager_labels": {"app": "demo", "component": "taskmanager", "type": "flink-native-kubernetes"},
    }


def test_the_endpoint_is_known_in_a_preview() -> None:
    assert deploy(preview=True).outputs["rest_endpoint"] == "http://demo-rest.default:8081"


@pytest.mark.parametrize(
    ("args", "endpoint"),
    [
        ({"rest_service_exposed_type": "Headless_ClusterIP"}, "http://demo-rest.default:8081"),
        ({"rest_service_exposed_type": "LoadBalancer"}, "http://203.0.113.7:8081"),
        ({"rest_service_exposed_type": "NodePort"}, "http://demo-rest.default:8081"),
        (
            {"rest_service_exposed_type": "NodePort", "rest_service_node_address": "192.0.2.1"},
            "http://192.0.2.1:30081",
        ),
    ],
)
def test_the_endpoint_follows_the_exposed_type(args: dict[str, Any], endpoint: str) -> None:
    assert deploy(args).outputs["rest_endpoint"] == endpoint


def test_outputs_as_arguments_give_the_same_objects_as_plain_ones() -> None:
    args = {
        "namespace": "flink",
        "image": "flink:mine",
        "task_manager": {"slots": 2},
        "configuration": {"parallelism.default": 2},
    }
    plain = deploy(args)
    wrapped = deploy({key: Later(value) for key, value in args.items()})
    assert wrapped.requests.keys() == plain.requests.keys()
    for name in plain.requests:
        assert wrapped.inputs(name) == plain.inputs(name), name
    assert wrapped.outputs == plain.outputs


@pytest.mark.parametrize(
    "configuration",
    [
        {"high-availability": {"type": "kubernetes", "storageDir": "s3://bucket/ha"}},
        {"recovery.mode": "kubernetes", "high-availability.storageDir": "s3://bucket/ha"},
        {"kubernetes.service-account": "mine"},
    ],
)
def test_what_decides_about_children_is_read_from_plain_options_beside_outputs(configuration: dict[str, Any]) -> None:
    plain = deploy(image="flink:mine", configuration=configuration)
    beside = deploy(image=Later("flink:mine"), configuration=configuration)
    assert beside.requests.keys() == plain.requests.keys()
    assert len(plain.requests) < len(deploy().requests)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"configuration": {"high-availability": {"type": Later("kubernetes")}}}, "high-availability.type"),
        ({"configuration": {"kubernetes.service-account": Later("mine")}}, "kubernetes.service-account"),
        ({"ready_timeout": Later("5m")}, "ready_timeout"),
        ({"configuration": Later({"kubernetes.service-account": "mine"})}, "plain mapping"),
    ],
)
def test_what_decides_about_children_must_be_plain(args: dict[str, Any], words: str) -> None:
    with pytest.raises(Exception, match=words):
        deploy(args)


def test_numbers_of_other_languages_and_text_of_configuration_files_are_coerced() -> None:
    plain = deploy(task_manager={"slots": 2, "cpu": 0.5}, flink_version="2.2")
    for same in ({"slots": 2.0, "cpu": "0.5"}, {"slots": "2", "cpu": "500m"}):
        coerced = deploy(taskManager=same, flinkVersion=2.2)
        assert coerced.inputs("demo-config") == plain.inputs("demo-config")


def test_the_components_inputs_are_what_the_user_wrote() -> None:
    inputs = deploy(job_manager={"memory": "2Gi"}, configuration={"rest.port": 8082}).inputs("demo")
    assert inputs == {"clusterId": "demo", "jobManager": {"memory": "2Gi"}, "configuration": {"rest.port": 8082.0}}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"namespce": "flink"}, ["namespce", "namespace"]),
        ({"task_manager": {"slot": 2}}, ["task_manager.slot", "slots"]),
        ({"task_manager": {"slots": "two"}}, ["task_manager.slots", "two"]),
        ({"cluster_id": "Upper"}, ["cluster", "Upper"]),
        ({"job_manager": {"memory": "100Mi"}}, ["memory"]),
        ({"job_manager": {"memory": "2048m"}}, ["job_manager.memory", "2048m", "2048Mi"]),
        ({"ready_timeout": "soon"}, ["ready_timeout", "soon"]),
        ({"clusterId": "twice"}, ["cluster_id", "clusterId"]),
    ],
)
def test_a_bad_argument_is_one_clear_error_before_anything_is_registered(
    args: dict[str, Any], words: list[str]
) -> None:
    registered: list[Recording] = []
    with pytest.raises(pulumi.RunError) as raised:
        registered.append(deploy(args))
    assert all(word in str(raised.value) for word in words), str(raised.value)
    assert registered == []


def test_all_findings_come_at_once() -> None:
    with pytest.raises(pulumi.RunError) as raised:
        deploy({"namespce": "flink", "task_manager": {"slots": "two"}})
    assert "namespce" in str(raised.value)
    assert "task_manager.slots" in str(raised.value)


def test_a_misspelt_plain_argument_is_found_although_another_still_has_to_resolve() -> None:
    with pytest.raises(pulumi.RunError, match="namespce"):
        deploy({"namespce": "flink", "image": Later("flink:mine")})


def test_a_secret_argument_is_refused_with_the_way_out_and_never_printed() -> None:
    with pytest.raises(Exception, match=r"configuration, s3\.secret-key must not be a secret.* `secrets`") as raised:
        deploy({"configuration": {"s3.secret-key": Later("hunter2", secret=True)}})
    assert "hunter2" not in str(raised.value)


def test_other_languages_see_the_same_arguments_and_outputs() -> None:
    """Pulumi infers the schema from annotations, which one needless import would turn into text."""
    schema = Analyzer("flink-session").analyze([FlinkSessionCluster])["component_definitions"]["FlinkSessionCluster"]
    assert schema.inputs.keys() == {to_camel(field) for field in FlinkSessionClusterSettings.model_fields}
    assert [key for key, value in schema.inputs.items() if not value.optional] == ["clusterId"]
    assert all(value.description for value in schema.inputs.values())
    assert schema.outputs.keys() == {to_camel(name) for name in OUTPUTS}


HIGHLY_AVAILABLE = {"storage_dir": Later("hdfs:///ha"), "replicas": 2}


def test_config_maps_of_high_availability_go_after_the_job_manager() -> None:
    args = {"image": "own:1", "high_availability": HIGHLY_AVAILABLE, "ha_data": "delete"}
    recording = deploy(args)
    (data,) = recording.names("pulumi-python:dynamic/flink_session:HighAvailabilityData")
    assert data == "demo-ha-data"
    assert "demo-internal" not in recording.requests
    inputs = recording.inputs(data)
    assert (inputs["clusterId"], inputs["namespace"]) == ("demo", "default")
    # People's states hold it.
    assert base64.b64decode(inputs["__provider"]).endswith(
        b"flink_session.providers.high_availability_data\x94\x8c\x14HighAvailabilityData\x94\x93\x94)\x81\x94."
    )
    assert data in recording.dependencies("demo-jobmanager")
    assert "demo-ha-data" not in deploy(args, ha_data="keep").requests


def test_whether_there_is_high_availability_must_be_known() -> None:
    with pytest.raises(pulumi.RunError, match="high_availability must be known beforehand, and is an Output"):
        deploy(high_availability=Later({"storage_dir": "hdfs:///ha"}))


def test_config_maps_of_high_availability_are_known_by_their_names() -> None:
    job = "0123456789abcdef" * 2
    for name in ("demo-cluster-config-map", f"demo-{job}-config-map"):
        assert is_of_high_availability(name, "demo")
        assert not is_of_high_availability(name, "dem")
        assert not is_of_high_availability(f"other-{name}", "demo")
    for name in ("flink-config-demo", "pod-template-demo", "demo-config-map", "demo-other-cluster-config-map"):
        assert not is_of_high_availability(name, "demo")


def test_config_maps_of_another_session_are_another_resource() -> None:
    old = {"clusterId": "demo", "namespace": "default"}
    provider = HighAvailabilityData()

    def replaces(**new: str) -> list[str] | None:
        return provider.diff("default/demo", old, {**old, "__provider": "x", **new}).replaces

    assert replaces(clusterId="other") == ["clusterId"]
    assert replaces(namespace=UNKNOWN) == []
    assert provider.diff("default/demo", old, {**old, "context": "c"}).changes
    assert not provider.diff("default/demo", old, {**old, "__provider": "x"}).changes
