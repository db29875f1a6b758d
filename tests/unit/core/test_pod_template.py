"""Pod templates are read as the Kubernetes client inside Flink reads them; each row was measured with Flink 2.2.1."""

from __future__ import annotations

from typing import Any

import pytest

from flink_session.configuration import FlinkVersion
from flink_session.kubernetes import FlinkPod
from flink_session.kubernetes.pod_template import load_pod_template

VERSION = FlinkVersion.parse("2.2.1")


def load(content: str | bytes) -> FlinkPod:
    return load_pod_template(content, VERSION)


def spec(fields: str) -> dict[str, Any]:
    read: dict[str, Any] = load(f"spec: {fields}\n").pod["spec"]
    return read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{serviceAccountName: 5}", {"serviceAccountName": "5"}),
        ("{serviceAccountName: 1.50}", {"serviceAccountName": "1.5"}),
        ("{serviceAccountName: 1e-4}", {"serviceAccountName": "1.0E-4"}),
        ("{serviceAccountName: yes}", {"serviceAccountName": "yes"}),
        ("{serviceAccountName: true}", {"serviceAccountName": "true"}),
        ("{serviceAccountName: 0x10}", {"serviceAccountName": "0x10"}),
        ("{serviceAccountName: .inf}", {"serviceAccountName": "Infinity"}),
        ("{priority: '5'}", {"priority": 5}),
        ("{terminationGracePeriodSeconds: ' 5'}", {"terminationGracePeriodSeconds": 5}),
        ("{terminationGracePeriodSeconds: 5.7}", {"terminationGracePeriodSeconds": 5}),
        ("{hostPID: 'True', hostIPC: 0, shareProcessNamespace: ''}", {"hostPID": True, "hostIPC": False}),
        ("{nodeSelector: {a: 1, b: , 3: c}}", {"nodeSelector": {"a": "1", "b": None, "3": "c"}}),
        ("{overhead: {cpu: 1, memory: 1.5Gi}}", {"overhead": {"cpu": "1", "memory": "1.5Gi"}}),
        ("{tolerations: [null], volumes: [], nodeSelector: {}}", {"tolerations": [{}]}),
        (
            "{securityContext: {}, affinity: {podAffinity: {}}}",
            {"securityContext": {}, "affinity": {"podAffinity": {}}},
        ),
        ("{noSuch: [], other: {}, third: null}", {"noSuch": [], "other": {}, "third": None}),
        ("{volumes: [{secret: {defaultMode: 0644}}]}", {"volumes": [{"secret": {"defaultMode": 420}}]}),
        ("{hostAliases: [{ip: 1, hostnames: [a, null]}]}", {"hostAliases": [{"ip": "1", "hostnames": ["a", None]}]}),
    ],
)
def test_values_take_the_type_of_their_field(written: str, read: dict[str, Any]) -> None:
    assert spec(written) == read


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("spec: {serviceAccountName: [a]}", "spec.serviceAccountName must be text"),
        ("spec: {priority: 5.7}", "spec.priority must be an integer"),
        ("spec: {priority: ' 5'}", "spec.priority must be an integer"),
        ("spec: {priority: 5000000000}", "spec.priority must be an integer of 32 bits"),
        ("spec: {hostPID: 'yes'}", "spec.hostPID must be true or false"),
        ("spec: {containers: {}}", "spec.containers must be a list"),
        ("spec: {containers: }", "spec.containers must be a list of containers"),
        ("spec: {containers: [null]}", "spec.containers must be a list of containers"),
        ("spec: {containers: [x]}", r"spec.containers\[0\] must be a map"),
        ("spec: {nodeSelector: x}", "spec.nodeSelector must be a map"),
        ("spec: x", "spec must be a map"),
        ("spec: {overhead: {cpu: ''}}", "spec.overhead.cpu must be a quantity"),
        ("- a", "the document must be a map"),
        ("", "must hold one document, not 0"),
        ("# a comment", "must hold one document, not 0"),
        ("spec: {}\n---\nspec: {}", "must hold one document, not 2"),
        ("spec: {}\nspec: {}", "key spec comes twice"),
        ("a: [", "line"),
        ("{spec: {}}", "must be JSON, since it starts with a brace"),
    ],
)
def test_what_does_not_fit_is_refused(text: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        load(text)


def test_the_last_main_container_is_taken_out_and_the_others_stay() -> None:
    pod = load("""
kind: Anything
status: {phase: Running}
metadata: {name: n}
spec:
  containers:
  - {name: flink-main-container, image: first}
  - {name: sidecar}
  - {name: flink-main-container, image: second, env: [{name: A, value: 1}, {name: B}]}
""")
    assert pod.main_container == {
        "name": "flink-main-container",
        "image": "second",
        "env": [{"name": "A", "value": "1"}, {"name": "B"}],
    }
    assert pod.pod == {"metadata": {"name": "n"}, "spec": {"containers": [{"name": "sidecar"}]}}


def test_json_keeps_the_spelling_of_its_numbers() -> None:
    pod = load('{"spec": {"serviceAccountName": 1.50, "x": 1.50, "dnsPolicy": "a", "dnsPolicy": "b"}} and more')
    assert pod.pod["spec"] == {"serviceAccountName": "1.50", "x": 1.5, "dnsPolicy": "b"}


def test_documents_without_content_do_not_count() -> None:
    assert load("---\n---\nspec: {priority: 1}\n---\n").pod["spec"] == {"priority": 1}
    assert load("metadata:\nspec:\n") == FlinkPod({"metadata": {}, "spec": {}}, {})


def test_an_owner_has_the_defaults_of_the_client_that_sends_it() -> None:
    text = "metadata: {ownerReferences: [{name: a}]}"
    assert load(text).pod["metadata"]["ownerReferences"] == [
        {"apiVersion": "v1", "kind": "OwnerReference", "name": "a"}
    ]
    old = load_pod_template(text, FlinkVersion.parse("2.1"))
    assert old.pod["metadata"]["ownerReferences"] == [{"name": "a"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_the_encoding_is_what_the_byte_order_mark_says(encoding: str) -> None:
    assert load("spec: {hostname: grün}".encode(encoding)).pod["spec"] == {"hostname": "grün"}


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    with pytest.raises(ValueError, match=r"the text must be UTF-8 \(line 2 is not: its byte 0xFC is malformed\)"):
        load(b"spec:\n  hostname: gr\xfcn\n")
