"""Planning a session cluster from the arguments of a component."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flink_session.configuration import IllegalConfigurationError, load_config_yaml
from flink_session.deployment import (
    Extensions,
    JobManagerResources,
    SessionCluster,
    SessionClusterOptions,
    TaskManagerResources,
    plan_session_cluster,
)
from flink_session.kubernetes.extensions import Exposure, Metrics, NetworkPolicies, Secret, Tls

S3 = {
    f"containerized.{role}.env.ENABLE_BUILT_IN_PLUGINS": "flink-s3-fs-hadoop-2.2.1.jar"
    for role in ("master", "taskmanager")
}


def plan(**options: Any) -> SessionCluster:
    return plan_session_cluster(SessionClusterOptions(**{"cluster_id": "demo", **options}))


def findings(**options: Any) -> list[str]:
    with pytest.raises(IllegalConfigurationError) as raised:
        plan(**options)
    return [str(finding) for finding in raised.value.findings]


def main_container(cluster: SessionCluster) -> Any:
    return cluster.deployment["spec"]["template"]["spec"]["containers"][-1]


def test_a_cluster_id_is_enough() -> None:
    cluster = plan()
    assert [(item["kind"], item["metadata"]["name"]) for item in cluster.objects()] == [
        ("ServiceAccount", "flink-session-demo"),
        ("Role", "flink-session-demo"),
        ("RoleBinding", "flink-session-demo"),
        ("ConfigMap", "flink-config-demo"),
        ("ConfigMap", "pod-template-demo"),
        ("Deployment", "demo"),
        ("Service", "demo"),
        ("Service", "demo-rest"),
    ]
    assert cluster.image == "apache/flink:2.2.1-scala_2.12"
    assert cluster.rest_endpoint == "http://demo-rest.default:8081"
    assert cluster.task_manager_labels == {"type": "flink-native-kubernetes", "app": "demo", "component": "taskmanager"}
    assert cluster.warnings == ()


def test_the_effective_configuration_is_what_the_config_map_holds() -> None:
    cluster = plan(namespace="flink", configuration={"state": {"backend.type": "rocksdb"}})
    written = load_config_yaml(cluster.config_map["data"]["config.yaml"])
    assert cluster.effective_configuration == dict(written.values)
    assert written.values["jobmanager.rpc.address"] == "demo.flink"
    assert written.values["state.backend.type"] == "rocksdb"
    assert not {"jobmanager.bind-host", "taskmanager.bind-host", "taskmanager.host"} & set(written.values)
    assert "log4j-console.properties" in cluster.config_map["data"]


def test_arguments_become_flinks_options_and_kubernetes_quantities() -> None:
    cluster = plan(
        flink_version="2.2.0",
        image_pull_policy="Always",
        image_pull_secrets=["registry", "mirror"],
        service_account="flink",
        job_manager=JobManagerResources(cpu="500m", memory="2Gi"),
        task_manager=TaskManagerResources(cpu=2, memory="4gb", slots=4),
        rest_service_exposed_type="NodePort",
    )
    container = main_container(cluster)
    pod = cluster.deployment["spec"]["template"]["spec"]
    assert container["image"] == "apache/flink:2.2.0-scala_2.12"
    assert container["imagePullPolicy"] == "Always"
    assert container["resources"]["requests"] == {"cpu": "0.5", "memory": "2048Mi"}
    assert pod["imagePullSecrets"] == [{"name": "registry"}, {"name": "mirror"}]
    assert pod["serviceAccountName"] == "flink"
    assert cluster.rest_service["spec"]["type"] == "NodePort"
    effective = cluster.effective_configuration
    assert effective["jobmanager.memory.process.size"] == "2048m"
    assert effective["taskmanager.memory.process.size"] == "4096m"
    assert effective["taskmanager.numberOfTaskSlots"] == 4
    assert effective["kubernetes.taskmanager.cpu.amount"] == 2.0
    assert cluster.cluster_specification.slots_per_task_manager == 4
    assert cluster.job_manager_memory.total_process == 2 << 30
    assert cluster.task_manager_memory.total_process == 4 << 30


def test_an_account_of_the_users_own_makes_no_access_objects() -> None:
    for options in (
        {"service_account": "mine"},
        {"service_account": "flink-session-demo"},
        {"configuration": {"kubernetes.service-account": "mine"}},
        {"configuration": {"kubernetes.jobmanager.service-account": "mine"}},
    ):
        cluster = plan(**options)
        assert cluster.service_account_name in ("mine", "flink-session-demo")
        assert (cluster.service_account, cluster.role, cluster.role_binding) == (None, None, None)


def test_the_made_account_serves_both_roles() -> None:
    cluster = plan(namespace="flink")
    assert cluster.effective_configuration["kubernetes.service-account"] == cluster.service_account_name
    assert cluster.service_account_name == "flink-session-demo"
    assert cluster.role_binding is not None
    assert cluster.role_binding["roleRef"]["name"] == "flink-session-demo"
    assert cluster.role_binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "flink-session-demo", "namespace": "flink"}
    ]


def test_rights_without_high_availability_are_pods_and_the_own_deployment() -> None:
    role = plan().role
    assert role is not None
    assert role["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "watch", "create", "delete"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"], "resourceNames": ["demo"]},
    ]
    permitted = plan(extensions=Extensions(owner_reference_permission=True)).role
    assert permitted is not None
    assert permitted["rules"][2:] == [
        {
            "apiGroups": ["apps"],
            "resources": ["deployments/finalizers"],
            "verbs": ["update"],
            "resourceNames": ["demo"],
        },
    ]
    brought = plan(service_account="mine", extensions=Extensions(owner_reference_permission=True))
    assert brought.role is None


@pytest.mark.parametrize(
    "mode", ["kubernetes", "KUBERNETES", "org.apache.flink.kubernetes.highavailability.KubernetesHaServicesFactory"]
)
def test_kubernetes_high_availability(mode: str) -> None:
    storage = {"high-availability.type": mode, "high-availability.storageDir": "s3://b/ha"}
    cluster = plan(configuration={**storage, **S3, "kubernetes.jobmanager.replicas": 2})
    assert cluster.internal_service is None
    assert cluster.deployment["spec"]["replicas"] == 2
    assert cluster.effective_configuration["high-availability.cluster-id"] == "demo"
    assert cluster.role is not None
    assert cluster.role["rules"][-1] == {
        "apiGroups": [""],
        "resources": ["configmaps"],
        "verbs": ["get", "list", "watch", "create", "update", "patch", "delete"],
    }


def test_on_the_hosts_network_the_job_manager_writes_its_ports_into_the_services() -> None:
    cluster = plan(configuration={"kubernetes.hostnetwork.enabled": True})
    assert cluster.role is not None
    assert cluster.role["rules"][-1] == {
        "apiGroups": [""],
        "resources": ["services"],
        "verbs": ["get", "update"],
        "resourceNames": ["demo", "demo-rest"],
    }
    # Nobody knows the port that a probe could ask.
    assert "readinessProbe" not in main_container(cluster)


def test_zookeeper_high_availability_needs_no_config_maps() -> None:
    zookeeper = {"type": "zookeeper", "storageDir": "s3://b/ha", "zookeeper.quorum": "zk:2181"}
    cluster = plan(configuration={"high-availability": zookeeper, **S3})
    assert cluster.role is not None
    assert "configmaps" not in str(cluster.role["rules"])


def test_each_object_names_its_namespace() -> None:
    assert {item["metadata"]["namespace"] for item in plan(namespace="flink").objects()} == {"flink"}


def test_the_checksum_follows_the_configuration_and_nothing_else() -> None:
    def checksum(**options: Any) -> str:
        annotations: dict[str, str] = plan(**options).deployment["spec"]["template"]["metadata"]["annotations"]
        return annotations["flink-session/configuration-checksum"]

    base = checksum()
    assert checksum() == base
    assert checksum(image="other:1", configuration={}) != base
    assert checksum(configuration={"state.backend.type": "rocksdb"}) != base
    assert checksum(log_configuration={"log4j-console.properties": "rootLogger.level = DEBUG"}) == base
    flat = {"state.backend.type": "rocksdb", "parallelism.default": 2}
    nested = {"parallelism": {"default": 2}, "state": {"backend": {"type": "rocksdb"}}}
    assert checksum(configuration=flat) == checksum(configuration=nested)


@pytest.mark.parametrize(
    ("configuration", "action"),
    [
        ({}, {"httpGet": {"path": "/overview", "port": 8081}}),
        ({"rest.port": 9091}, {"httpGet": {"path": "/overview", "port": 9091}}),
        ({"rest.bind-port": "9092"}, {"httpGet": {"path": "/overview", "port": 9092}}),
        (
            {"security.ssl.rest.enabled": True},
            {"httpGet": {"path": "/overview", "port": 8081, "scheme": "HTTPS"}},
        ),
        (
            {"security.ssl.rest.enabled": True, "security.ssl.rest.authentication-enabled": "true"},
            {"tcpSocket": {"port": 8081}},
        ),
    ],
)
def test_ready_when_rest_answers(configuration: dict[str, Any], action: dict[str, Any]) -> None:
    probe = main_container(plan(configuration=configuration))["readinessProbe"]
    assert {key: value for key, value in probe.items() if key in ("httpGet", "tcpSocket")} == action


def test_task_managers_find_a_job_manager_that_is_not_ready() -> None:
    service = plan().internal_service
    assert service is not None
    assert service["spec"]["publishNotReadyAddresses"] is True


def test_the_old_job_manager_stops_first() -> None:
    assert plan().deployment["spec"]["strategy"] == {"type": "Recreate"}


def test_without_extensions_nothing_is_added() -> None:
    bare = plan(extensions=Extensions.none())
    assert [item["kind"] for item in bare.objects()] == ["ConfigMap", "Deployment", "Service", "Service"]
    text = str(bare.objects())
    for trace in (
        "readinessProbe",
        "'strategy'",
        "checksum",
        "publishNotReadyAddresses",
        "'namespace'",
        "flink-session",
    ):
        assert trace not in text
    assert bare.service_account_name == "default"


@pytest.mark.parametrize(
    ("extension", "trace"),
    [
        ("configuration_checksum", "checksum"),
        ("readiness_probe", "readinessProbe"),
        ("recreate_strategy", "Recreate"),
        ("access", "RoleBinding"),
        ("namespace", "'namespace': 'default'}, 'spec'"),
    ],
)
def test_each_extension_has_its_own_switch(extension: str, trace: str) -> None:
    off: dict[str, Any] = {extension: False}
    specification = plan(extensions=replace(Extensions(), **off)).specification
    assert trace not in str(specification.objects)
    assert trace in str(plan().specification.objects)


@pytest.mark.parametrize(
    ("extension", "value", "trace"),
    [
        ("secrets", (Secret(name="A", secret=None, key="A", is_file=False),), "'Secret'"),
        ("metrics", Metrics(pod_monitor=True), "PodMonitor"),
        ("exposure", Exposure(type="Ingress", host="flink.example.org", unprotected=True), "'Ingress'"),
        ("network_policies", NetworkPolicies(), "NetworkPolicy"),
        ("tls", Tls(certificate="session-tls"), "-Dsecurity.ssl.rest.key-password="),
        ("service_account_annotations", {"eks.amazonaws.com/role-arn": "x"}, "role-arn"),
    ],
)
def test_some_extensions_do_nothing_by_themselves(extension: str, value: Any, trace: str) -> None:
    assert trace in str(plan(extensions=replace(Extensions(), **{extension: value})).specification.objects)
    assert trace not in str(plan().specification.objects)


def test_https_is_part_of_the_endpoint() -> None:
    cluster = plan(namespace="flink", configuration={"security.ssl.rest.enabled": "true", "rest.port": 443})
    assert cluster.rest_endpoint == "https://demo-rest.flink:443"


def test_finer_sizes_replace_the_distributions_total() -> None:
    cluster = plan(configuration={"jobmanager.memory.flink.size": "2g", "taskmanager.memory.flink.size": "4g"})
    assert "jobmanager.memory.process.size" not in cluster.effective_configuration
    assert "taskmanager.memory.process.size" not in cluster.effective_configuration
    assert cluster.job_manager_memory.total_flink == 2 << 30
    assert cluster.task_manager_memory.total_flink == 4 << 30


def test_lost_module_flags_are_a_warning() -> None:
    (warning,) = plan(configuration={"env.java.opts.all": "-Dx=y"}).warnings
    assert warning.key == "env.java.opts.all"
    assert plan(configuration={"env.java.opts.jobmanager": "-Dx=y"}).warnings == ()


@pytest.mark.parametrize(
    ("configuration", "key"),
    [
        ({"jobmanager.rpc.address": "here"}, "jobmanager.rpc.address"),
        ({"web.address": "0.0.0.0"}, "web.address"),
        ({"taskmanager.bind-host": "0.0.0.0"}, "taskmanager.bind-host"),
        (
            {"high-availability": {"type": "kubernetes", "storageDir": "s3://b", "cluster-id": "x"}, **S3},
            "high-availability.cluster-id",
        ),
    ],
)
def test_options_that_flink_overrules_are_a_warning(configuration: dict[str, Any], key: str) -> None:
    (warning,) = plan(configuration=configuration).warnings
    assert str(warning) == f"{key} has no effect, since Flink's Kubernetes deployment decides it: remove it."


def test_objects_have_no_owner() -> None:
    assert "ownerReferences" not in str(plan().objects())


def test_another_target_is_refused() -> None:
    (finding,) = findings(configuration={"execution.target": "yarn-session"})
    assert finding.startswith("execution.target is 'yarn-session', but it must be a target")


def test_another_folder_for_the_configuration_needs_both_roles_to_know() -> None:
    folder = {"kubernetes.flink.conf.dir": "/conf"}
    told = {f"containerized.{role}.env.FLINK_CONF_DIR": "/conf" for role in ("master", "taskmanager")}
    assert [finding.split(" ", 1)[0] for finding in findings(configuration=folder)] == list(told)
    mounts = main_container(plan(configuration={**folder, **told}))["volumeMounts"]
    assert {"name": "flink-config-volume", "mountPath": "/conf"} in mounts


def test_references_to_secrets_are_no_secrets() -> None:
    cluster = plan(
        configuration={
            "kubernetes.secrets": {"tls": "/etc/tls", "keys": "/etc/keys"},
            "kubernetes.env.secretKeyRef": [{"env": "AWS_KEY", "secret": "aws", "key": "id"}],
            "security.delegation.tokens.enabled": False,
        }
    )
    container = main_container(cluster)
    assert {"name": "AWS_KEY", "valueFrom": {"secretKeyRef": {"name": "aws", "key": "id"}}} in container["env"]
    mounts = [mount["mountPath"] for mount in container["volumeMounts"]]
    assert mounts == ["/opt/flink/artifacts", "/etc/keys", "/etc/tls", "/opt/flink/conf", "/opt/flink/pod-template"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cluster_id": "My_Session"}, "cluster_id is 'My_Session', but it must consist of lower-case letters"),
        ({"cluster_id": "1demo"}, "cluster_id is '1demo', but it must consist of"),
        ({"cluster_id": "demo-"}, "cluster_id is 'demo-', but it must consist of"),
        ({"cluster_id": " "}, "cluster_id is ' ', but it must be text that is not blank"),
        ({"cluster_id": "a" * 46}, "must have at most 45 characters: shorten it, it has 46."),
        ({"namespace": "Flink"}, "namespace is 'Flink', but it must consist of at most 63 lower-case letters"),
        ({"flink_version": "1.19"}, "flink_version is '1.19', but it must be of a supported series (1.20, 2.0,"),
        ({"image": " "}, "image is ' ', but it must be text that is not blank"),
        ({"image_pull_policy": "Sometimes"}, "it must be one of IfNotPresent, Always, Never"),
        ({"rest_service_exposed_type": "Public"}, "it must be one of ClusterIP, NodePort, LoadBalancer, Headless_"),
        ({"job_manager": JobManagerResources(cpu="two")}, "job_manager.cpu is 'two', but it must be a number of cores"),
        ({"job_manager": JobManagerResources(cpu=0)}, "job_manager.cpu is 0, but it must be a number of cores"),
        ({"job_manager": JobManagerResources(memory="2048m")}, "Kubernetes reads 2.048 bytes; write 2048Mi"),
        ({"job_manager": JobManagerResources(memory="300Mi")}, "job_manager.memory is '300Mi', but it must hold"),
        ({"task_manager": TaskManagerResources(memory="512Mi")}, "task_manager.memory is '512Mi', but it must leave"),
        ({"task_manager": TaskManagerResources(slots=0)}, "task_manager.slots is 0, but it must be an integer of"),
        ({"log_configuration": {"log4j.xml": ""}}, "log_configuration, log4j.xml is no file that Flink reads"),
        ({"configuration": {"kubernetes.jobmanager.replicas": 0}}, "kubernetes.jobmanager.replicas is 0, but it must"),
        (
            {"configuration": {"kubernetes.jobmanager.cpu": -1}},
            "kubernetes.jobmanager.cpu is -1, but it must be greater",
        ),
        ({"configuration": {"kubernetes.jobmanager.replicas": 2}}, "must be 1 without high availability"),
        ({"configuration": {"kubernetes.jobmanager.memory.limit-factor": 0.9}}, "is 0.9, but it must be at least 1"),
        ({"configuration": {"high-availability.type": "kubernets"}}, "must be none, kubernetes, zookeeper or the name"),
        ({"configuration": {"high-availability.type": "kubernetes"}}, "high-availability.storageDir must be set"),
        (
            {"configuration": {"high-availability": "kubernetes", "high-availability.storageDir": "s3://b", **S3}},
            "write high-",
        ),
        ({"configuration": {"rest.port": 0}}, "rest.port is 0, but it must be from 1 to 65535"),
        ({"configuration": {"rest.bind-port": "8081-8090"}}, "rest.bind-port is '8081-8090', but it must be one fixed"),
        ({"configuration": {"blob.server.port": "-1"}}, "blob.server.port is '-1', but it must be greater than 0"),
        (
            {"configuration": {"kubernetes.hostnetwork.enabled": "yes"}},
            "kubernetes.hostnetwork.enabled is 'yes', but it must be true or false",
        ),
        (
            {"configuration": {"kubernetes.pod-template-file": "/x"}},
            "kubernetes.pod-template-file is '/x', but it must be a file that can be read",
        ),
        ({"configuration": {"security.keytab": "/x"}}, "security.kerberos.login.principal must be set beside a keytab"),
        ({"configuration": {"kubernetes.context": "prod"}}, "it is not Flink that connects to the cluster"),
        ({"configuration": {"kubernetes.jobmanager.tolerations": [{"kye": "a"}]}}, "kye is no field that Flink knows"),
        ({"configuration": {"kubernetes.jobmanager.tolerations": "[{tolerationSeconds: x}]"}}, "tolerationSeconds is"),
        ({"configuration": {"kubernetes.env.secretKeyRef": [{"env": "A"}]}}, "must say secret and key in each item"),
        (
            {"configuration": {"kubernetes.namespace": "x"}},
            "must not be in the configuration beside the argument namespace",
        ),
        ({"configuration": {"kubernetes.cluster-id": "demo"}}, "keep cluster_id and remove kubernetes.cluster-id"),
        (
            {"image": "a", "configuration": {"kubernetes.container.image": "b"}},
            "kubernetes.container.image is 'b', but it must not be in the configuration beside the argument image",
        ),
        (
            {"service_account": "a", "configuration": {"kubernetes.taskmanager.service-account": "b"}},
            "keep service_account and remove kubernetes.taskmanager.service-account",
        ),
        (
            {
                "job_manager": JobManagerResources(memory="2Gi"),
                "configuration": {"jobmanager.memory.process.size": "2g"},
            },
            "keep job_manager.memory and remove jobmanager.memory.process.size",
        ),
    ],
)
def test_what_is_refused(options: dict[str, Any], message: str) -> None:
    (finding,) = findings(**options)
    assert message in finding


def test_a_secret_is_refused_and_not_shown() -> None:
    (finding,) = findings(configuration={"s3": {"secret-key": "hunter2"}})
    assert "hunter2" not in finding
    assert "kubernetes.env.secretKeyRef" in finding


def test_all_findings_come_at_once() -> None:
    found = findings(
        namespace="X",
        job_manager=JobManagerResources(memory="300Mi"),
        configuration={
            "kubernetes.jobmanager.replicas": 0,
            "rest.bind-port": "a",
            "high-availability.type": "kubernets",
        },
    )
    assert [finding.split(" ", 1)[0] for finding in found] == [
        "job_manager.memory",
        "namespace",
        "high-availability.type",
        "rest.bind-port",
        "kubernetes.jobmanager.replicas",
    ]
