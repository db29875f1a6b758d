"""What Flink makes of a pod template, and templates that it accepts and that then break."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from flink_session.configuration import Configuration, FlinkVersion, IllegalConfigurationError
from flink_session.deployment import JobManagerResources, SessionClusterOptions, plan_session_cluster
from flink_session.kubernetes import KubernetesJobManagerParameters, Manifest
from flink_session.kubernetes.checks.pod_template import PodTemplateReport, pod_template_reports
from flink_session.kubernetes.checks.quantities import parse_quantity
from flink_session.kubernetes.client_files import ClientFiles
from flink_session.kubernetes.job_manager_factory import build_kubernetes_job_manager_specification
from flink_session.memory import ClusterSpecification
from tests.conformance.pod_templates import pod_templates

MAIN = "spec.containers[0]"
JM_KEY, TM_KEY = "kubernetes.pod-template-file.jobmanager", "kubernetes.pod-template-file.taskmanager"
PORTS = {"blob.server.port": "6124", "taskmanager.rpc.port": "6122"}


def parameters(content: str | bytes, options: Mapping[str, Any]) -> KubernetesJobManagerParameters:
    return KubernetesJobManagerParameters(
        Configuration({"kubernetes.cluster-id": "demo", **options}),
        FlinkVersion.parse("2.2.1"),
        ClientFiles(by_path={"/t": content if isinstance(content, bytes) else content.encode()}),
        ClusterSpecification(1600, 1728, 1),
    )


def report(
    pod: Manifest | str | bytes, options: Mapping[str, Any] | None = None, key: str = JM_KEY
) -> PodTemplateReport:
    text = pod if isinstance(pod, (str, bytes)) else yaml.safe_dump(pod)
    (found,) = pod_template_reports(parameters(text, {key: "/t", **(options or {})}))
    return found


def said(pod: Manifest | str | bytes, options: Mapping[str, Any] | None = None, key: str = JM_KEY) -> list[str]:
    return [f"{finding.severity}: {finding}" for finding in report(pod, options, key).findings]


def main(**fields: object) -> Manifest:
    return {"spec": {"containers": [{"name": "flink-main-container", **fields}]}}


def spec(**fields: object) -> Manifest:
    return {"spec": fields}


def test_nothing_is_said_of_what_reaches_the_pod() -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a-template", "labels": {"team": "data"}, "annotations": {"a": "b"}},
        "spec": {
            "containers": [
                {
                    "name": "flink-main-container",
                    "image": "mine:1",
                    "env": [{"name": "A", "value": "b"}],
                    "volumeMounts": [{"name": "logs", "mountPath": "/opt/flink/log"}],
                    "ports": [{"name": "metrics", "containerPort": 9249}],
                    "resources": {"limits": {"nvidia.com/gpu": 1}},
                    "livenessProbe": {"httpGet": {"path": "/", "port": 8081}},
                },
                {"name": "sidecar", "image": "fluent-bit:3"},
            ],
            "volumes": [{"name": "logs", "emptyDir": {}}],
            "serviceAccountName": "flink",
            "restartPolicy": "Always",
            "securityContext": {"fsGroup": 9999},
        },
    }
    assert said(pod) == []
    assert said(pod, key=TM_KEY) == []
    assert [effect.path for effect in report(pod).effects] == ["metadata.name"]


@pytest.mark.parametrize(
    ("pod", "options", "message"),
    [
        (
            main(command=["/x"]),
            {},
            f"{MAIN}.command is overwritten by Flink: set kubernetes.entry.path",
        ),
        (
            main(args=["x"]),
            {},
            f"{MAIN}.args is overwritten by Flink: set kubernetes.jobmanager.entryp",
        ),
        (
            main(image="mine:1"),
            {"kubernetes.container.image": "b"},
            f"{MAIN}.image is 'mine:1', but it is overwritten by kubernetes.container.image: set kubernetes.",
        ),
        (
            main(resources={"requests": {"cpu": "2"}}),
            {},
            f"{MAIN}.resources.requests.cpu is '2', but it is overwritten by kubernetes.jobmanager.cpu.amount: set",
        ),
        (
            main(resources={"limits": {"memory": "2Gi"}}),
            {},
            "by jobmanager.memory.process.size and kubernetes.jobmanager.memory.limit-factor",
        ),
        (
            main(env=[{"name": "A", "value": "x"}]),
            {"containerized.master.env.A": "y"},
            f"{MAIN}.env[0] is 'x', but it is overwritten by Flink, or an option, which sets A: remove it",
        ),
        (
            main(env=[{"name": "_POD_IP_ADDRESS", "value": "x"}]),
            {},
            "env[0] is 'x', but it is overwritten by Flink, or an option, which sets _POD_IP_ADDRESS",
        ),
        (
            spec(hostNetwork=True),
            {},
            "spec.hostNetwork is true, but it is overwritten by kubernetes.hostnetwork.enabled",
        ),
        (
            spec(dnsPolicy="Default"),
            {"kubernetes.hostnetwork.enabled": "true"},
            "spec.dnsPolicy is 'Default', but it is overwritten by kubernetes.hostnetwork.enabled",
        ),
        (
            spec(serviceAccountName="a"),
            {"kubernetes.service-account": "b"},
            "spec.serviceAccountName is 'a', but it is overwritten by kubernetes.service-account: set",
        ),
        (
            spec(serviceAccount="a", serviceAccountName="b"),
            {},
            "spec.serviceAccountName is 'b', but it is overwritten by spec.serviceAccount",
        ),
        (
            spec(nodeSelector={"disk": "hdd"}),
            {"kubernetes.jobmanager.node-selector": "disk:ssd"},
            "spec.nodeSelector[disk] is 'hdd', but it is overwritten by kubernetes.jobmanager.node-selector",
        ),
        (
            {"metadata": {"labels": {"app": "x"}}},
            {},
            "metadata.labels[app] is 'x', but it is overwritten by Flink: remove",
        ),
        (
            {"metadata": {"annotations": {"a": "x"}}},
            {"kubernetes.jobmanager.annotations.a": "y"},
            "metadata.annotations[a] is 'x', but it is overwritten by kubernetes.jobmanager.annotations: set it in",
        ),
        ({"metadata": {"ownerReferences": [{"name": "a"}]}}, {}, "metadata.ownerReferences is ignored: remove it"),
        ({"status": {"phase": "Running"}}, {}, "status is dropped: remove it"),
        (
            spec(restartPolcy="Always"),
            {},
            "spec.restartPolcy is no field that Flink's Kubernetes client knows: write rest",
        ),
        (
            main(env=[{"name": "A", "valeu": "x"}]),
            {},
            "env[0].valeu is no field that Flink's Kubernetes client knows: write value",
        ),
        (
            main(env=[{"name": "A", "value": "x"}] * 2),
            {},
            f"{MAIN}.env[0] sets A, which is there twice, and the last one counts",
        ),
    ],
)
def test_what_is_warned_of(pod: Manifest, options: dict[str, Any], message: str) -> None:
    (warning,) = said(pod, options)
    assert warning.startswith(f"warning: {JM_KEY}, ")
    assert message in warning


@pytest.mark.parametrize(
    ("pod", "message"),
    [
        (
            {"kind": "Deployment", "spec": {"replicas": 2}},
            "kind is 'Deployment', but it must be Pod, since Flink takes",
        ),
        (
            spec(restartPolicy="Never"),
            "spec.restartPolicy is 'Never', but it must be Always in a Deployment: remove it",
        ),
        (
            spec(dnsPolicy="None"),
            "spec.dnsPolicy is 'None', but it must come with spec.dnsConfig.nameservers: name the",
        ),
        (spec(activeDeadlineSeconds=60), "spec.activeDeadlineSeconds must not be there in a Deployment: remove it"),
        (
            spec(containers=[{"name": "flink-main-container"}, {"name": "flink-main-container", "image": "b"}]),
            f"{MAIN} must be the only flink-main-container, since Flink drops all but the last: make one of them",
        ),
        (
            spec(containers=[{"name": "flink-main-contianer", "image": "a"}]),
            f"{MAIN} is flink-main-contianer and not flink-main-container, but a container beside it: write",
        ),
        (spec(containers=[{"name": "a"}]), f"{MAIN}.image must be set: set it"),
        (spec(containers=[{"image": "a"}]), f"{MAIN}.name must be set: set it"),
        (
            spec(volumes=[{"name": "flink-config-volume", "emptyDir": {}}]),
            "spec.volumes[0].name is 'flink-config-volume', but it must not be there, since Flink adds one of its own",
        ),
        (
            spec(volumes=[{"name": "a", "emptyDir": {}}] * 2),
            "spec.volumes[1].name is 'a', but it must be there once: remove all but one",
        ),
        (
            main(ports=[{"name": "rest", "containerPort": 1}]),
            f"{MAIN}.ports[0].name is 'rest', but it must not be there, since Flink adds one",
        ),
        (
            {
                "spec": {
                    "volumes": [{"name": "a", "emptyDir": {}}],
                    "containers": [
                        {
                            "name": "flink-main-container",
                            "volumeMounts": [{"name": "a", "mountPath": "/opt/flink/conf/"}],
                        }
                    ],
                }
            },
            f"{MAIN}.volumeMounts[0].mountPath is '/opt/flink/conf/', but it must not be there, since Flink mounts so",
        ),
        (
            main(resources={"limits": {"ephemeral-storage": "2GB"}}),
            f"{MAIN}.resources.limits.ephemeral-storage is '2GB', but it must be a quantity, such as 500m",
        ),
        (
            spec(
                initContainers=[
                    {"name": "i", "image": "a", "resources": {"requests": {"cpu": "1.5"}, "limits": {"cpu": "900m"}}}
                ]
            ),
            "spec.initContainers[0].resources.requests.cpu is '1.5', but it must be at most the limit, 900m",
        ),
        (
            main(volumeMounts=[{"name": "logs", "mountPath": "/logs"}]),
            f"{MAIN}.volumeMounts[0].name is 'logs', but it must name a volume of the pod: add the volume",
        ),
    ],
)
def test_what_is_refused(pod: Manifest, message: str) -> None:
    (error,) = said(pod)
    assert error.startswith(f"error: {JM_KEY}, ")
    assert message in error


@pytest.mark.parametrize(
    ("pod", "options", "message"),
    [
        (
            {"metadata": {"namespace": "x"}},
            {},
            "metadata.namespace is 'x', but it must be default, since the JobManager",
        ),
        (
            main(ports=[{"name": "taskmanager-rpc", "containerPort": 1}]),
            {},
            "ports[0].name is 'taskmanager-rpc', but it must not be there, since Flink adds one",
        ),
        (
            main(resources={"limits": {"cpu": 2}}),
            {},
            "overwritten by kubernetes.taskmanager.cpu.amount and kubernetes.task",
        ),
        (main(env=[{"name": "_POD_NODE_ID", "value": "x"}]), {}, "env[0] is 'x', but it is overwritten by"),
        (
            {"metadata": {"labels": {"team": "a"}}},
            {"kubernetes.taskmanager.labels": "team:b"},
            "metadata.labels[team] is 'a', but it is overwritten by kubernetes.taskmanager.labels",
        ),
        (spec(restartPolicy="OnFailure"), {}, "spec.restartPolicy is 'OnFailure', but it is overwritten by Flink"),
        ("spec: 3", {}, "must be a file with a pod template, but there, spec must be a map"),
        ("spec: [", {}, "must be a file with a pod template, but there, "),
    ],
)
def test_task_managers_are_another_matter(pod: Manifest | str, options: dict[str, Any], message: str) -> None:
    (finding,) = said(pod, options, TM_KEY)
    assert message in finding


@pytest.mark.parametrize(
    "pod",
    [
        {"metadata": {"namespace": "default"}},
        main(ports=[{"name": "rest", "containerPort": 8081}]),
        {
            "spec": {
                "restartPolicy": "Always",
                "volumes": [{"name": "user-artifacts-volume", "emptyDir": {}}],
                "containers": [
                    {
                        "name": "flink-main-container",
                        "volumeMounts": [{"name": "user-artifacts-volume", "mountPath": "/opt/flink/artifacts"}],
                    }
                ],
            }
        },
    ],
)
def test_task_managers_may_have_what_only_a_job_manager_must_not(pod: Manifest) -> None:
    assert said(pod, key=TM_KEY) == []


def test_a_secret_in_clear_text_is_refused_and_not_shown() -> None:
    clear = {"name": "AWS_SECRET_ACCESS_KEY", "value": "hunter2"}
    reference = {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}}
    variable = {"name": "TOKEN", "value": "$(DB_PASSWORD)"}
    (error,) = said(main(env=[clear, reference, variable]))
    assert "env[0] must not set AWS_SECRET_ACCESS_KEY in clear text" in error
    assert "hunter2" not in str(report(main(env=[clear], args=["-Dpassword=hunter2"])).findings[1:])
    assert "hunter2" not in " ".join(said(main(env=[clear], args=["-Dpassword=hunter2"])))


def test_a_template_of_both_roles_is_reported_for_each_and_said_once() -> None:
    text = yaml.safe_dump(main(command=["/x"]))
    both = list(pod_template_reports(parameters(text, {"kubernetes.pod-template-file.default": "/t"})))
    assert [found.role for found in both] == ["jobmanager", "taskmanager"]
    assert both[0].findings == both[1].findings


def test_findings_name_the_argument_that_holds_the_template() -> None:
    resources = JobManagerResources(pod_template=spec(hostNetwork=True, restartPolicy="Never"))
    with pytest.raises(IllegalConfigurationError) as raised:
        plan_session_cluster(SessionClusterOptions(cluster_id="demo", job_manager=resources))
    (error,) = raised.value.findings
    assert str(error) == (
        "job_manager.pod_template, spec.restartPolicy is 'Never', but it must be Always in a Deployment: remove it."
    )
    both = plan_session_cluster(SessionClusterOptions(cluster_id="demo", pod_template=spec(hostNetwork=True)))
    (warning,) = both.warnings
    assert str(warning).startswith("pod_template, spec.hostNetwork is true, but it is overwritten by kubernetes.hostn")


def test_a_reference_to_a_secret_without_a_variable_is_another_checks_matter() -> None:
    pod = main(env=[{"value": "x"}, {"name": "A", "value": "x"}])
    (error,) = said(pod, {"kubernetes.env.secretKeyRef": "secret:s,key:k"})
    assert f"{MAIN}.env[0].name must be set" in error


def test_without_a_template_there_is_no_report() -> None:
    assert list(pod_template_reports(parameters("", {}))) == []
    assert list(pod_template_reports(parameters("", {TM_KEY: "pod_security"}))) == []


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", 0),
        ("500m", Fraction(1, 2)),
        ("1.5Gi", 3 << 29),
        ("2k", 2000),
        ("1e3", 1000),
        ("1E-3", Fraction(1, 1000)),
        ("1E", 10**18),
        ("5n", Fraction(5, 10**9)),
        (".5", Fraction(1, 2)),
        ("2GB", None),
        ("1.5.1", None),
        ("", None),
        ("Gi", None),
    ],
)
def test_quantities(text: str, amount: Fraction | int | None) -> None:
    assert parse_quantity(text) == amount


def _changed(template: Any, result: Any, path: str) -> Iterator[str]:
    for name, value in template.items():
        there = result.get(name)
        if isinstance(value, dict):
            yield from _changed(value, there or {}, f"{path}.{name}")
        elif isinstance(value, list) and name not in ("command", "args"):
            if (there or [])[: len(value)] != value:
                yield f"{path}.{name}"
        elif there != value and (name, value) != ("dnsPolicy", ""):
            yield f"{path}.{name}"


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(text=pod_templates())
def test_the_report_is_what_the_builder_does(text: str) -> None:
    options = {
        JM_KEY: "/t",
        **PORTS,
        "kubernetes.jobmanager.labels": "team:b",
        "kubernetes.jobmanager.node-selector": "x:b",
        "kubernetes.container.image.pull-policy": "Never",
    }
    given = parameters(text, options)
    try:
        template = given.pod_template
    except IllegalConfigurationError:
        return
    (found,) = pod_template_reports(given)
    built = build_kubernetes_job_manager_specification(template, given)[0].deployment["spec"]["template"]
    metadata = template.pod.get("metadata", {})
    pod_spec = {name: value for name, value in template.pod["spec"].items() if name != "containers"}
    changed = {
        *_changed(metadata, built["metadata"], "metadata"),
        *_changed(pod_spec, built["spec"], "spec"),
        *_changed(template.main_container, built["spec"]["containers"][-1], "main"),
    }
    reported = {
        re.sub(r"\[(\w+)\]", r".\1", re.sub(r"spec\.containers\[\d\]", "main", effect.path))
        for effect in found.effects
        if effect.fate == "overwritten" and ".env[" not in effect.path
    }
    assert reported == changed


def test_task_managers_templates_are_shipped_as_utf_8() -> None:
    pod = "spec: {schedulerName: mine}\n".encode("utf-16")
    assert said(pod) == []
    (finding,) = said(pod, key=TM_KEY)
    assert "must be a file with a pod template, but there, the text must be UTF-8, and not UTF-16LE" in finding
    (finding,) = said("spec: {hostname: grün}\n".encode("iso-8859-1"), key=TM_KEY)
    assert "the text must be UTF-8 (line 1 is not: its byte 0xFC is malformed)" in finding
