"""What the API server refuses in the pods that Flink makes of a template; it is asked itself in ``tests/apiserver``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from flink_session.configuration import Configuration, Finding, FlinkVersion, IllegalConfigurationError
from flink_session.deployment import SessionClusterOptions, TaskManagerResources, plan_session_cluster
from flink_session.kubernetes import KubernetesJobManagerParameters, Manifest
from flink_session.kubernetes.checks.pod_template import pod_template_reports
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.memory import ClusterSpecification
from tests.support.pod_changes import FOUND_ELSEWHERE, REFUSED_CHANGES, TAKEN_CHANGES, changed

ROLES = ("jobmanager", "taskmanager")
MAIN = {"name": "flink-main-container"}
SIDE = {"name": "side", "image": "b"}


def findings(pod: Manifest, role: str, options: dict[str, Any] | None = None) -> list[Finding]:
    key = f"kubernetes.pod-template-file.{role}"
    ports = {"blob.server.port": "6124", "taskmanager.rpc.port": "6122"}
    parameters = KubernetesJobManagerParameters(
        Configuration({"kubernetes.cluster-id": "demo", **ports, key: "/t", **(options or {})}),
        FlinkVersion.parse("2.2.1"),
        ClientFiles(by_path={"/t": json.dumps(pod).encode()}),
        ClusterSpecification(1600, 1728, 1),
    )
    (report,) = pod_template_reports(parameters)
    assert all(finding.key.startswith(f"{key}, ") for finding in report.findings)
    return list(report.findings)


def said(pod: Manifest, role: str, severity: str = "error", options: dict[str, Any] | None = None) -> list[str]:
    found = (finding for finding in findings(pod, role, options) if finding.severity == severity)
    return [str(finding).partition(", ")[2] for finding in found]


def spec(**fields: object) -> Manifest:
    return {"spec": fields}


def side(**fields: object) -> Manifest:
    """A sidecar behind the main container, where Flink will not leave it."""
    return spec(containers=[MAIN, {**SIDE, **fields}], volumes=[{"name": "logs", "emptyDir": {}}])


def init(**fields: object) -> Manifest:
    return spec(initContainers=[{"name": "init", "image": "b", **fields}], volumes=[{"name": "logs", "emptyDir": {}}])


LOGS = {"name": "logs", "mountPath": "/logs"}
SPREAD = {"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}
STORAGE = {"resources": {"requests": {"storage": "1Gi"}}}
HTTP = {"httpGet": {"port": 80}}


REFUSED: list[tuple[Manifest, str]] = [
    # Containers
    (
        spec(containers=[{**SIDE, "volumeMounts": [{"name": "nothere", "mountPath": "/x"}]}]),
        "spec.containers[0].volumeMounts[0].name is 'nothere', but it must name a volume of the pod: add",
    ),
    (
        init(volumeMounts=[LOGS, {"name": "nothere", "mountPath": "/x"}]),
        "spec.initContainers[0].volumeMounts[1].name is 'nothere', but it must name a volume of the pod",
    ),
    (side(image=None), "spec.containers[1].image must be set: set it"),
    (init(image=""), "spec.initContainers[0].image must be set"),
    (init(name=None), "spec.initContainers[0].name must be set"),
    (init(name="In_It"), "spec.initContainers[0].name is 'In_It', but it must consist of at most 63 lower-case"),
    (init(name="a.b"), "spec.initContainers[0].name is 'a.b', but it must consist"),
    (init(image=" a"), "spec.initContainers[0].image is ' a', but it must have no white space around it"),
    (
        spec(initContainers=[SIDE], containers=[MAIN, SIDE]),
        "spec.initContainers[0].name is 'side', but it must be the name of one container only",
    ),
    (
        init(name="flink-main-container"),
        "spec.initContainers[0].name is 'flink-main-container', but it must be the name of one container only",
    ),
    (spec(containers=[SIDE, SIDE]), "spec.containers[1].name is 'side', but it must be the name of one container"),
    (side(imagePullPolicy="always"), "containers[1].imagePullPolicy is 'always', but it must be Always, IfNotPres"),
    # Mounts
    (side(volumeMounts=[LOGS, LOGS]), "spec.containers[1].volumeMounts[1].mountPath is '/logs', but it must be th"),
    (side(volumeMounts=[{"name": "logs"}]), "spec.containers[1].volumeMounts[0].mountPath must be set"),
    (init(volumeMounts=[{**LOGS, "subPath": "../x"}]), "volumeMounts[0].subPath is '../x', but it must be a relat"),
    (
        init(volumeMounts=[{**LOGS, "mountPropagation": "Bidirectional"}]),
        "[0].mountPropagation must not be Bidirec",
    ),
    # Ports
    (side(ports=[{"name": "web"}]), "spec.containers[1].ports[0].containerPort must be set"),
    (side(ports=[{"containerPort": 70000}]), "ports[0].containerPort is 70000, but it must be from 1 to 65535"),
    (
        side(ports=[{"containerPort": 1, "name": "a_b"}]),
        "ports[0].name is 'a_b', but it must consist of at most 15",
    ),
    (
        side(ports=[{"containerPort": 1, "name": "a"}, {"containerPort": 2, "name": "a"}]),
        "spec.containers[1].ports[1].name is 'a', but it must be there once: remove all but one",
    ),
    (
        spec(containers=[{**SIDE, "name": name, "ports": [{"containerPort": 1, "hostPort": 9}]} for name in "ab"]),
        "spec.containers[1].ports[0].hostPort must be a port of the node that no other container has",
    ),
    (side(ports=[{"containerPort": 1, "protocol": "tcp"}]), "ports[0].protocol is 'tcp', but it must be TCP, UDP"),
    # Variables
    (side(env=[{"name": "A=B"}]), "spec.containers[1].env[0].name is 'A=B', but it must consist of printable"),
    (side(env=[{"value": "x"}]), "spec.containers[1].env[0].name must be set"),
    (
        side(env=[{"name": "A", "valueFrom": {}}]),
        "env[0].valueFrom must say what it is: configMapKeyRef, secretKey",
    ),
    (
        init(env=[{"name": "A", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]),
        "spec.initContainers[0].env[0].valueFrom must not be there beside value: keep one of them",
    ),
    (
        init(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": "a"}}}]),
        "spec.initContainers[0].env[0].valueFrom.secretKeyRef.key must be set",
    ),
    (
        init(env=[{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "spec.image"}}}]),
        "env[0].valueFrom.fieldRef.fieldPath is 'spec.image', but it must be metadata.name, ",
    ),
    (
        side(envFrom=[{"configMapRef": {"name": "a"}, "secretRef": {"name": "b"}}]),
        "spec.containers[1].envFrom[0].secretRef must not be there beside configMapRef",
    ),
    # Probes and what goes with them
    (init(livenessProbe=HTTP), "spec.initContainers[0].livenessProbe must not be there, since the init container"),
    (
        init(lifecycle={"preStop": {"exec": {"command": ["x"]}}}),
        "spec.initContainers[0].lifecycle must not be there",
    ),
    (
        init(restartPolicy="always"),
        "spec.initContainers[0].restartPolicy is 'always', but it must be Always, Never",
    ),
    (
        side(readinessProbe={}),
        "spec.containers[1].readinessProbe must say what it is: exec, httpGet, tcpSocket or gr",
    ),
    (side(startupProbe={**HTTP, "exec": {"command": ["x"]}}), "startupProbe.httpGet must not be there beside exec"),
    (
        side(livenessProbe={"httpGet": {"port": "http_port"}}),
        "livenessProbe.httpGet.port is 'http_port', but it must",
    ),
    (
        side(livenessProbe={**HTTP, "periodSeconds": -1}),
        "livenessProbe.periodSeconds is -1, but it must be at least",
    ),
    (side(livenessProbe={**HTTP, "successThreshold": 2}), "livenessProbe.successThreshold is 2, but it must be 1"),
    (
        side(lifecycle={"preStop": {"sleep": {"seconds": 31}}}),
        "sleep.seconds is 31, but it must be from 0 to the pod",
    ),
    # Resources
    (init(resources={"limits": {"memory": "2GB"}}), "spec.initContainers[0].resources.limits.memory is '2GB', but"),
    (
        side(resources={"requests": {"memory": "2Gi"}, "limits": {"memory": "1Gi"}}),
        "spec.containers[1].resources.requests.memory is '2Gi', but it must be at most the limit, 1Gi",
    ),
    (
        side(resources={"limits": {"gpu": 1}}),
        "spec.containers[1].resources.limits.gpu must be cpu, memory, ephemeral",
    ),
    (side(resources={"requests": {"a.b/gpu": 1}}), "resources.requests[a.b/gpu] must have a limit, too"),
    (side(resources={"limits": {"a.b/gpu": "500m"}}), "resources.limits[a.b/gpu] is '500m', but it must be a whole"),
    # Volumes
    (spec(volumes=[{"emptyDir": {}}]), "spec.volumes[0].name must be set"),
    (
        spec(volumes=[{"name": "A", "emptyDir": {}}]),
        "spec.volumes[0].name is 'A', but it must consist of at most 63",
    ),
    (
        spec(volumes=[{"name": "a", "emptyDir": {}, "configMap": {"name": "b"}}]),
        "spec.volumes[0].configMap must not be there beside emptyDir: keep one of them",
    ),
    (spec(volumes=[{"name": "a", "hostPath": {}}]), "spec.volumes[0].hostPath.path must be set"),
    (spec(volumes=[{"name": "a", "persistentVolumeClaim": {}}]), "persistentVolumeClaim.claimName must be set"),
    (
        spec(volumes=[{"name": "a", "nfs": {"server": "s", "path": "x"}}]),
        "nfs.path is 'x', but it must be an absol",
    ),
    (
        spec(volumes=[{"name": "a", "configMap": {"name": "b", "items": [{"key": "c", "path": "/d"}]}}]),
        "spec.volumes[0].configMap.items[0].path is '/d', but it must be a relative path",
    ),
    (
        spec(volumes=[{"name": "a", "emptyDir": {"sizeLimit": "1GB"}}]),
        "emptyDir.sizeLimit is '1GB', but it must be",
    ),
    (
        spec(
            volumes=[{"name": "a", "ephemeral": {"volumeClaimTemplate": {"spec": {**STORAGE, "accessModes": ["RWO"]}}}}]
        ),
        "ephemeral.volumeClaimTemplate.spec.accessModes[0] is 'RWO', but it must be ReadWriteOnce, ",
    ),
    # The pod
    (init(volumeMounts=[{**LOGS, "subPath": "a", "subPathExpr": "b"}]), "subPathExpr must not be there beside subPath"),
    (spec(nodeName="A"), "spec.nodeName is 'A', but it must consist of at most 253"),
    (spec(dnsPolicy="None"), "spec.dnsPolicy is 'None', but it must come with spec.dnsConfig.nameservers"),
    (spec(hostPID=True, shareProcessNamespace=True), "spec.shareProcessNamespace must not be true beside hostPID"),
    (spec(hostPID=True, hostUsers=False), "spec.hostUsers must not be false beside hostPID"),
    (spec(resources={"limits": {"memory": "1Mi"}}), "spec.resources.limits.memory is '1Mi', but it must be at least"),
    (
        spec(hostIPC=True, securityContext={"sysctls": [{"name": "kernel.shmmax", "value": "1"}]}),
        "spec.securityContext.sysctls[0].name is 'kernel.shmmax', but it must not be there, since spec.hostIPC shar",
    ),
    (
        spec(topologySpreadConstraints=[SPREAD, SPREAD]),
        "spec.topologySpreadConstraints[1] must be the only one of its topologyKey and whenUnsatisfiable",
    ),
    (
        spec(topologySpreadConstraints=[{**SPREAD, "minDomains": 1}]),
        "spec.topologySpreadConstraints[0].minDomains must not be there, since whenUnsatisfiable is ScheduleAnyway",
    ),
    (
        spec(dnsPolicy="clusterFirst"),
        "spec.dnsPolicy is 'clusterFirst', but it must be ClusterFirst, ClusterFirstW",
    ),
    (
        spec(dnsConfig={"nameservers": ["dns.local"]}),
        "spec.dnsConfig.nameservers[0] is 'dns.local', but it must be",
    ),
    (spec(hostAliases=[{"hostnames": ["a"]}]), "spec.hostAliases[0].ip must be set"),
    (spec(hostAliases=[{"ip": "::1", "hostnames": ["A"]}]), "spec.hostAliases[0].hostnames[0] is 'A', but it must"),
    (spec(hostname="a.b"), "spec.hostname is 'a.b', but it must consist of at most 63"),
    (spec(nodeSelector={"a": "b c"}), "spec.nodeSelector[a] is 'b c', but it must consist of at most 63"),
    (spec(priority=5), "spec.priority is 5, but it must come from a PriorityClass"),
    (spec(securityContext={"runAsUser": -1}), "spec.securityContext.runAsUser is -1, but it must be from 0 to"),
    (spec(securityContext={"seccompProfile": {}}), "spec.securityContext.seccompProfile.type must be set"),
    (
        side(securityContext={"privileged": True, "allowPrivilegeEscalation": False}),
        "spec.containers[1].securityContext.allowPrivilegeEscalation must not be false beside privileged: true",
    ),
    (
        spec(tolerations=[{"key": "a", "operator": "Is"}]),
        "spec.tolerations[0].operator is 'Is', but it must be Equ",
    ),
    (
        spec(tolerations=[{"effect": "NoSchedule"}]),
        "spec.tolerations[0].operator must be Exists, since there is no",
    ),
    (
        spec(topologySpreadConstraints=[{"maxSkew": 1, "topologyKey": "zone"}]),
        "spec.topologySpreadConstraints[0].whenUnsatisfiable must be set",
    ),
    (
        spec(affinity={"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {}}}),
        "nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms must have a term",
    ),
    (
        spec(affinity={"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{}]}}),
        "podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey must be set",
    ),
    ({"metadata": {"labels": {"a": "b c"}}}, "metadata.labels[a] is 'b c', but it must consist of at most 63"),
    ({"metadata": {"annotations": {"a b": ""}}}, "metadata.annotations[a b] must be a name of at most 63"),
]
"""What neither a JobManager's pod may have nor a TaskManager's."""


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("pod", "error"), REFUSED)
def test_what_is_refused_in_either_role(pod: Manifest, error: str, role: str) -> None:
    (found,) = said(pod, role)
    assert error in found


REFUSED_OF_TASK_MANAGERS: list[tuple[Manifest, str]] = [
    ({"metadata": {"resourceVersion": "4711"}}, "metadata.resourceVersion is '4711', but it must not be there"),
    ({"metadata": {"generateName": "A"}}, "metadata.generateName is 'A', but it must consist"),
    (
        side(resizePolicy=[{"resourceName": "cpu", "restartPolicy": "RestartContainer"}]),
        "spec.containers[1].resizePolicy[0].restartPolicy is 'RestartContainer', but it must be NotRequired",
    ),
    (spec(activeDeadlineSeconds=0), "spec.activeDeadlineSeconds is 0, but it must be from 1 to 2147483647"),
    (spec(ephemeralContainers=[SIDE]), "spec.ephemeralContainers must not be there in a new pod"),
]
"""What only a TaskManager's pod may not have: it runs once, and nobody makes it from a template."""


@pytest.mark.parametrize(("pod", "error"), REFUSED_OF_TASK_MANAGERS)
def test_what_is_refused_of_task_managers_only(pod: Manifest, error: str) -> None:
    (found,) = said(pod, "taskmanager")
    assert error in found


TAKEN: list[tuple[Manifest, str]] = [
    (spec(volumes=[{"name": "a"}]), "spec.volumes[0] does not say what it is, and so is an empty folder"),
    (
        side(restartPolicy="Always"),
        "spec.containers[1].restartPolicy is 'Always', but it is refused or dropped befo",
    ),
    (spec(imagePullSecrets=[{"name": "A_B"}]), "spec.imagePullSecrets[0].name must consist of at most 253"),
    (
        spec(volumes=[{"name": "a", "configMap": {"name": "A"}}]),
        "spec.volumes[0].configMap.name is 'A', but it must",
    ),
]
"""What the API server takes, and is hardly meant."""


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("pod", "warning"), TAKEN)
def test_what_the_api_server_takes_though_it_is_a_slip(pod: Manifest, warning: str, role: str) -> None:
    assert said(pod, role) == []
    (found,) = said(pod, role, "warning")
    assert warning in found


NATIVE = spec(
    initContainers=[
        {
            "name": "shipper",
            "image": "fluent/fluent-bit:3.2",
            "restartPolicy": "Always",
            "startupProbe": HTTP,
            "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
            "ports": [{"name": "rest", "containerPort": 2020}],
            "volumeMounts": [
                LOGS,
                {"name": "flink-config-volume", "mountPath": "/opt/flink/conf"},
                {"name": "hadoop-config-volume", "mountPath": "/hadoop"},
                {"name": "keystore-volume", "mountPath": "/keystore"},
            ],
        },
        {"name": "prepare", "image": "busybox", "command": ["true"], "volumeMounts": [LOGS]},
    ],
    volumes=[{"name": "logs", "emptyDir": {}}],
)


@pytest.mark.parametrize(("path", "values"), REFUSED_CHANGES, ids=str)
def test_each_single_fault_is_found_where_it_is(path: str, values: tuple[object, ...]) -> None:
    for value in values:
        for role in ROLES:
            found = said(changed(path, value), role)
            assert any(error.startswith((path, *FOUND_ELSEWHERE.get(path, ()))) for error in found), (value, found)


@pytest.mark.parametrize(("path", "values"), TAKEN_CHANGES, ids=str)
def test_what_is_only_unusual_is_no_fault(path: str, values: tuple[object, ...]) -> None:
    for value in values:
        assert [error for role in ROLES for error in said(changed(path, value), role)] == [], value


@pytest.mark.parametrize("role", ROLES)
def test_a_native_sidecar_may_mount_its_own_volumes_and_flinks(role: str) -> None:
    options = {"kubernetes.secrets": "keystore:/etc/keystore", "kubernetes.hadoop.conf.config-map.name": "hadoop"}
    assert findings(NATIVE, role, options) == []
    without = said(NATIVE, role)
    assert [error.partition(" ")[0] for error in without] == [
        "spec.initContainers[0].volumeMounts[2].name",
        "spec.initContainers[0].volumeMounts[3].name",
    ]


def test_what_an_option_does_to_the_pod_is_no_fault_of_the_template() -> None:
    pod = spec(containers=[{**MAIN, "resources": {"limits": {"cpu": "much"}}}], nodeSelector={"disk": "s s d"})
    options = {"kubernetes.taskmanager.node-selector": "disk:ssd", "kubernetes.taskmanager.labels": "team:a b"}
    assert said(pod, "taskmanager", options=options) == []


def test_each_port_is_one_of_the_nodes_on_its_network() -> None:
    pod = spec(containers=[{**SIDE, "name": name, "ports": [{"containerPort": 9249}]} for name in "ab"])
    options = {"kubernetes.hostnetwork.enabled": "true"}
    for role in ROLES:
        assert said(pod, role) == []
        (error,) = said(pod, role, options=options)
        assert error.startswith("spec.containers[1].ports[0].hostPort must be a port of the node that no other")


def test_a_port_of_the_node_is_the_containers_own_on_its_network() -> None:
    pod = side(ports=[{"containerPort": 9249, "hostPort": 9250}])
    for role in ROLES:
        assert said(pod, role) == []
        (error,) = said(pod, role, options={"kubernetes.hostnetwork.enabled": "true"})
        assert error.startswith("spec.containers[1].ports[0].hostPort is 9250, but it must be the containerPort")


@pytest.mark.parametrize(
    ("pod", "error"),
    [
        (
            spec(restartPolicy="Sometimes"),
            "spec.restartPolicy is 'Sometimes', but it must be Always, Never or OnFailure",
        ),
        (spec(runtimeClassName="a", overhead={"cpu": "-1"}), "spec.overhead.cpu is '-1', but it must be a quantity"),
        (
            spec(priorityClassName="a", preemptionPolicy="x"),
            "spec.preemptionPolicy is 'x', but it must be Never or Pre",
        ),
    ],
)
def test_what_an_api_server_refuses_for_another_reason_first(pod: Manifest, error: str) -> None:
    (found,) = said(pod, "jobmanager")
    assert found.startswith(error)


def test_a_task_managers_template_stops_the_component_under_its_arguments_name() -> None:
    resources = TaskManagerResources(pod_template=side(volumeMounts=[{"name": "nothere", "mountPath": "/x"}]))
    with pytest.raises(IllegalConfigurationError) as raised:
        plan_session_cluster(SessionClusterOptions(cluster_id="demo", task_manager=resources))
    (error,) = raised.value.findings
    assert str(error).startswith(
        "task_manager.pod_template, spec.containers[1].volumeMounts[0].name is 'nothere', but it must name a volume"
    )


def test_names_of_secrets_are_shown_and_values_are_not() -> None:
    pod = side(env=[{"name": "A", "value": "hunter2", "valueFrom": {"secretKeyRef": {"name": "A_B", "key": "k"}}}])
    assert "hunter2" not in str(findings(pod, "jobmanager"))
