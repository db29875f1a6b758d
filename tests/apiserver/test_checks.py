"""What we refuse for the API server's sake, it refuses: each case is built as Flink's client would, and tried there."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from flink_session.configuration import Configuration, FlinkVersion, IllegalConfigurationError
from flink_session.configuration.files.configuration_file import load_configuration
from flink_session.deployment.client_run import ClientRun, effective_configuration, run_client
from flink_session.kubernetes.client_files import ClientFiles
from tests.conformance.named_keys import catalogue_of
from tests.conformance.pod_templates import pod_templates
from tests.conformance.strategies import cases
from tests.support.kube import KINDS, Kube

pytestmark = pytest.mark.apiserver

JM = "kubernetes.jobmanager."
SECRET_REF = "kubernetes.env.secretKeyRef"
TEMPLATE = "kubernetes.pod-template-file.jobmanager"


def built(configuration: dict[str, Any], template: dict[str, Any] | str | None = None) -> ClientRun:
    sizes = {"jobmanager.memory.process.size": "1600m", "taskmanager.memory.process.size": "1728m"}
    options = {**sizes, "kubernetes.cluster-id": "demo", **configuration, **({TEMPLATE: "/t"} if template else {})}
    text = template if isinstance(template, str) else yaml.safe_dump(template)
    files = ClientFiles(by_path={"/t": text.encode()})
    return run_client(effective_configuration(Configuration(options), {}), FlinkVersion.parse("2.3"), files)


def refusals(kube: Kube, run: ClientRun, namespace: str) -> list[str]:
    """Try to create each object, for show only; return what is said of those that are refused."""
    said = []
    for item in run.objects:
        kind = item["kind"].lower() + "s"
        url = f"{KINDS[kind]}/namespaces/{namespace}/{kind}"
        response = kube.http.post(url, json=item, params={"dryRun": "All"})
        if response.status_code >= 400:
            said.append(response.json()["message"])
    return said


def container(**fields: object) -> dict[str, Any]:
    return {"spec": {"containers": [{"name": "flink-main-container", **fields}]}}


@pytest.mark.parametrize(
    "configuration",
    [
        {"kubernetes.cluster-id": "Demo"},
        {"kubernetes.cluster-id": "1demo"},
        {"kubernetes.cluster-id": "demo-"},
        {"kubernetes.service-account": "My Account"},
        {"rest.port": "0"},
        {"rest.port": "70000"},
        {"jobmanager.rpc.port": "0"},
        {"blob.server.port": "70000"},
        {"blob.server.port": "6123"},
        {JM + "cpu.amount": "NaN"},
        {JM + "cpu.amount": "-1"},
        {JM + "cpu.amount": "Infinity"},
        {JM + "cpu.limit-factor": "Infinity"},
        {"containerized.master.env.A=B": "x"},
        {SECRET_REF: "env:A,secret:s,key:k/k"},
        {SECRET_REF: "env:A,secret:s"},
        {"user.artifacts.base-dir": "/opt/flink/conf"},
        {"kubernetes.secrets": "{a: /x, b: /x}"},
        {"kubernetes.secrets": "a:/opt/flink/conf"},
        {"kubernetes.secrets": "a.b:/x"},
        {"kubernetes.secrets": f"{'a' * 60}:/x"},
        {"kubernetes.secrets": "flink-config:/x"},
        {"kubernetes.secrets": "a:''"},
        {"kubernetes.persistent-volume-claims": "a:/opt/flink/conf"},
        {JM + "labels": "team:a b"},
        {JM + "labels": "a/b/c:x"},
        {JM + "labels": f"a:{'x' * 64}"},
        {JM + "annotations": "{'a b': x}"},
        {JM + "node-selector": "disk:s-"},
        {"kubernetes.rest-service.annotations": f"a:{'x' * 300_000}"},
        {"kubernetes.rest-service.labels": "a:-"},
        {JM + "tolerations": "key:a,operator:In"},
        {JM + "tolerations": "key:a,operator:Exists,value:b"},
        {JM + "tolerations": "effect:NoSchedule"},
        {JM + "tolerations": "key:a,effect:Never"},
        {JM + "tolerations": "key:a,effect:NoSchedule,tolerationSeconds:3"},
        {JM + "owner.reference": "kind:Pod,name:a,apiVersion:v1"},
    ],
    ids=str,
)
def test_it_refuses_what_we_refuse(configuration: dict[str, Any], kube: Kube, namespace: str) -> None:
    run = built(configuration)
    keys = {finding.key.partition(", ")[0] for finding in run.findings if finding.severity == "error"}
    assert keys == set(configuration)
    assert refusals(kube, run, namespace)


@pytest.mark.parametrize(
    "template",
    [
        {"spec": {"restartPolicy": "Never"}},
        {"spec": {"activeDeadlineSeconds": 60}},
        {"spec": {"containers": [{"name": "a"}]}},
        {"spec": {"containers": [{"image": "a"}]}},
        {"spec": {"containers": [{"name": "a", "image": "a"}] * 2}},
        {"spec": {"volumes": [{"name": "flink-config-volume", "emptyDir": {}}]}},
        {"spec": {"volumes": [{"name": "a", "emptyDir": {}}] * 2}},
        container(ports=[{"name": "rest", "containerPort": 1}]),
        container(volumeMounts=[{"name": "flink-config-volume", "mountPath": "/opt/flink/conf"}]),
        container(volumeMounts=[{"name": "logs", "mountPath": "/logs"}]),
    ],
    ids=str,
)
def test_it_refuses_the_templates_that_we_refuse(template: dict[str, Any], kube: Kube, namespace: str) -> None:
    run = built({}, template)
    assert [finding.key for finding in run.findings if finding.severity == "error"]
    assert refusals(kube, run, namespace)


@pytest.mark.parametrize(
    ("configuration", "template"),
    [
        ({}, None),
        ({JM + "cpu.amount": "0.001"}, None),
        (
            {JM + "labels": "{team: '', example.com/part-of: a.b_c}", JM + "annotations": "{Example.COM/x: any text}"},
            None,
        ),
        ({JM + "tolerations": "operator:Exists;key:a,value:b,effect:NoSchedule"}, None),
        ({JM + "tolerations": "key:a,operator:Exists,effect:NoExecute,tolerationSeconds:6000"}, None),
        ({"containerized.master.env.A_b-c.d": "x", SECRET_REF: "env:B,secret:my.secret,key:tls.crt"}, None),
        ({"kubernetes.secrets": f"{'a' * 56}:/x"}, None),
        ({JM + "owner.reference": "kind:Pod,name:a,apiVersion:v1,uid:u,controller:true"}, None),
        ({}, {"metadata": {"name": "A b", "namespace": "elsewhere"}, "spec": {"restartPolicy": "Always"}}),
        ({}, container(env=[{"name": "A", "value": "x"}] * 2)),
    ],
    ids=str,
)
def test_it_takes_what_we_take(
    configuration: dict[str, Any], template: dict[str, Any] | None, kube: Kube, namespace: str
) -> None:
    run = built(configuration, template)
    assert [finding for finding in run.findings if finding.severity == "error"] == []
    assert refusals(kube, run, namespace) == []


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(text=pod_templates())
def test_it_takes_each_template_without_errors(text: str, kube: Kube, namespace: str) -> None:
    try:
        run = built({}, text)
    except IllegalConfigurationError:
        return
    assert refusals(kube, run, namespace) == [] or any(finding.severity == "error" for finding in run.findings)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_it_takes_each_configuration_without_errors(data: st.DataObject, kube: Kube, namespace: str) -> None:
    version = FlinkVersion.parse("2.3")
    case = data.draw(cases(catalogue_of(str(version))))
    files = ClientFiles(case.conf_dir, {path: text.encode() for path, text in case.files.items()})
    try:
        configuration = effective_configuration(load_configuration(case.conf_dir, version), case.dynamic_properties)
        run = run_client(configuration, version, files)
    except IllegalConfigurationError:
        return
    assert refusals(kube, run, namespace) == [] or any(finding.severity == "error" for finding in run.findings)
